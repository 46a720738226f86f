"""Keys, orders, health, number ranges, blobs; lives of a disk; verdicts that are told by number.

Revision 0002, after 0001. Cases learn whose terminal they are of from their installation.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NEW = (
    "attachments", "command_records", "commands", "command_keys", "terminal_keys", "enrolment_codes", "number_leases",
    "number_pools", "health_reports", "blobs", "markers",
)  # fmt: skip


def upgrade() -> None:
    _add_tables()
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("kiosk_id", sa.Text(), nullable=True))
        cases.add_column(sa.Column("received_at", sa.Text(), nullable=True))
        cases.add_column(sa.Column("verdict_number", sa.BigInteger(), nullable=True))
        cases.add_column(sa.Column("closed_as", sa.Text(), nullable=True))
    op.execute(
        "UPDATE cases SET kiosk_id ="
        " (SELECT kiosk_id FROM installations WHERE installations.id = cases.installation_id)"
    )
    # When a case came was not kept; the latest it can have been is right for keeping it long enough.
    op.execute(
        "UPDATE cases SET received_at ="
        " (SELECT max(received_at) FROM inbox WHERE inbox.installation_id = cases.installation_id)"
    )
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("received_at", existing_type=sa.Text(), nullable=False)
        cases.alter_column("kiosk_id", existing_type=sa.Text(), nullable=False)
        cases.create_foreign_key("fk_cases_kiosk_id_kiosks", "kiosks", ["kiosk_id"], ["id"])
        cases.create_index("ix_cases_kiosk_id_verdict_number", ["kiosk_id", "verdict_number"])
    op.add_column("print_actions", sa.Column("reprint_of", sa.Text(), nullable=True))
    op.create_index("ix_inbox_event_id", "inbox", ["event_id"])
    with op.batch_alter_table("installations") as installations:
        installations.add_column(sa.Column("turn", sa.Text(), nullable=True))
        installations.add_column(sa.Column("turn_before", sa.Text(), nullable=True))
        installations.add_column(sa.Column("retired_at", sa.Text(), nullable=True))
        installations.add_column(sa.Column("verdicts_from", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("kiosks") as kiosks:
        kiosks.add_column(sa.Column("suspended_at", sa.Text(), nullable=True))
        kiosks.add_column(sa.Column("verdicts", sa.BigInteger(), nullable=False, server_default="0"))
        kiosks.drop_constraint("uq_kiosks_token_sha256", type_="unique")
        kiosks.drop_column("token_sha256")
        kiosks.alter_column("enrolled_at", existing_type=sa.Text(), nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("kiosks") as kiosks:
        kiosks.drop_column("verdicts")
        kiosks.drop_column("suspended_at")
        kiosks.add_column(sa.Column("token_sha256", sa.Text(), nullable=True))
    op.execute("UPDATE kiosks SET enrolled_at = '' WHERE enrolled_at IS NULL")
    op.execute("UPDATE kiosks SET token_sha256 = id")  # nobody's digest: terminals are enrolled again
    with op.batch_alter_table("kiosks") as kiosks:
        kiosks.alter_column("enrolled_at", existing_type=sa.Text(), nullable=False)
        kiosks.alter_column("token_sha256", existing_type=sa.Text(), nullable=False)
        kiosks.create_unique_constraint("uq_kiosks_token_sha256", ["token_sha256"])
    op.drop_index("ix_inbox_event_id", "inbox")
    with op.batch_alter_table("print_actions") as print_actions:
        print_actions.drop_column("reprint_of")
    with op.batch_alter_table("installations") as installations:
        for name in ("verdicts_from", "retired_at", "turn_before", "turn"):
            installations.drop_column(name)
    with op.batch_alter_table("cases") as cases:
        cases.drop_index("ix_cases_kiosk_id_verdict_number")
        cases.drop_constraint("fk_cases_kiosk_id_kiosks", type_="foreignkey")
        for name in ("closed_as", "verdict_number", "received_at", "kiosk_id"):
            cases.drop_column(name)
    for name in _NEW:
        op.drop_table(name)


def _add_tables() -> None:
    op.create_table(
        "markers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_markers"),
    )
    op.create_table(
        "command_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_command_keys"),
    )
    op.create_table(
        "number_pools",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "day", name="pk_number_pools"),
    )
    op.create_table(
        "blobs",
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_blobs_kiosk_id_kiosks"),
        sa.PrimaryKeyConstraint("kiosk_id", "sha256", name="pk_blobs"),
    )
    op.create_table(
        "commands",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("blob_sha256", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_commands_kiosk_id_kiosks"),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
    )
    op.create_index("ix_commands_kiosk_id_state", "commands", ["kiosk_id", "state"], unique=False)
    op.create_table(
        "enrolment_codes",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_enrolment_codes_kiosk_id_kiosks"),
        sa.PrimaryKeyConstraint("sha256", name="pk_enrolment_codes"),
    )
    op.create_index("ix_enrolment_codes_kiosk_id", "enrolment_codes", ["kiosk_id"], unique=False)
    op.create_table(
        "health_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_health_reports_kiosk_id_kiosks"),
        sa.PrimaryKeyConstraint("id", name="pk_health_reports"),
    )
    op.create_index("ix_health_reports_kiosk_id_id", "health_reports", ["kiosk_id", "id"], unique=False)
    op.create_table(
        "number_leases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.Column("leased_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_number_leases_kiosk_id_kiosks"),
        sa.PrimaryKeyConstraint("id", name="pk_number_leases"),
        sa.UniqueConstraint("kiosk_id", "request_id", name="uq_number_leases_kiosk_id_request_id"),
    )
    op.create_index("ix_number_leases_queue_day", "number_leases", ["queue", "day"], unique=False)
    op.create_table(
        "terminal_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("renew_at", sa.Text(), nullable=False),
        sa.Column("not_after", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_terminal_keys_kiosk_id_kiosks"),
        sa.PrimaryKeyConstraint("id", name="pk_terminal_keys"),
    )
    op.create_index("ix_terminal_keys_kiosk_id", "terminal_keys", ["kiosk_id"], unique=False)
    op.create_table(
        "command_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["command_id"], ["commands.id"], name="fk_command_records_command_id_commands"),
        sa.PrimaryKeyConstraint("id", name="pk_command_records"),
    )
    op.create_index("ix_command_records_command_id", "command_records", ["command_id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_attachments_case_id_cases"),
        sa.PrimaryKeyConstraint("case_id", "sha256", name="pk_attachments"),
    )
    op.create_index("ix_attachments_sha256", "attachments", ["sha256"], unique=False)
