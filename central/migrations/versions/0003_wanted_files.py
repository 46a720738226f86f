"""Files that are waited for are found by themselves, and not by going through every case there ever was.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WANTED = sa.text("state = 'wanted'")


def upgrade() -> None:
    op.create_index(
        "ix_attachments_wanted",
        "attachments",
        ["case_id", "sha256"],
        unique=False,
        sqlite_where=_WANTED,
        postgresql_where=_WANTED,
    )


def downgrade() -> None:
    op.drop_index("ix_attachments_wanted", "attachments")
