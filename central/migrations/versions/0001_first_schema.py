"""First schema: terminals, the inbox, what it says of cases, catalogues, access records, demonstration.

Revision 0001, after nothing. Text has no length, so that what one database takes the other takes too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogues",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_catalogues"),
    )
    op.create_table(
        "demonstration_registers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_demonstration_registers"),
    )
    op.create_table(
        "kiosks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.Text(), nullable=False),
        sa.Column("last_seen_at", sa.Text(), nullable=True),
        sa.Column("catalogue_version", sa.BigInteger(), nullable=True),
        sa.Column("health", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_kiosks"),
        sa.UniqueConstraint("token_sha256", name="uq_kiosks_token_sha256"),
    )
    op.create_table(
        "access_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("lookup_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("register_name", sa.Text(), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_access_records_kiosk_id_kiosks"),
        sa.PrimaryKeyConstraint("id", name="pk_access_records"),
    )
    op.create_index("ix_access_records_at", "access_records", ["at"], unique=False)
    op.create_table(
        "demonstration_records",
        sa.Column("register_name", sa.Text(), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["register_name"],
            ["demonstration_registers.name"],
            name="fk_demonstration_records_register_name_demonstration_registers",
        ),
        sa.PrimaryKeyConstraint("register_name", "document_type", "document_number", name="pk_demonstration_records"),
    )
    op.create_table(
        "installations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kiosk_id", sa.Text(), nullable=False),
        sa.Column("acknowledged", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name="fk_installations_kiosk_id_kiosks"),
        sa.PrimaryKeyConstraint("id", name="pk_installations"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("installation_id", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("item_code", sa.Text(), nullable=True),
        sa.Column("catalogue_version", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("committed_at", sa.Text(), nullable=True),
        sa.Column("applicant_name", sa.Text(), nullable=True),
        sa.Column("applicant_document_type", sa.Text(), nullable=True),
        sa.Column("applicant_document_number", sa.Text(), nullable=True),
        sa.Column("register_name", sa.Text(), nullable=True),
        sa.Column("facts_as_of", sa.Text(), nullable=True),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("verdict_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name="fk_cases_installation_id_installations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_installation_id", "cases", ["installation_id"], unique=False)
    op.create_index("ix_cases_receipt_number", "cases", ["receipt_number"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("installation_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name="fk_inbox_installation_id_installations"
        ),
        sa.PrimaryKeyConstraint("installation_id", "sequence", name="pk_inbox"),
    )
    op.create_table(
        "documents",
        sa.Column("verification_code", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("template_version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_documents_case_id_cases"),
        sa.PrimaryKeyConstraint("verification_code", name="pk_documents"),
    )
    op.create_index("ix_documents_case_id", "documents", ["case_id"], unique=False)
    op.create_table(
        "print_actions",
        sa.Column("action_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sheets_intended", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("fault_code", sa.Text(), nullable=True),
        sa.Column("sheets_out", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_print_actions_case_id_cases"),
        sa.PrimaryKeyConstraint("action_id", name="pk_print_actions"),
    )
    op.create_index("ix_print_actions_case_id", "print_actions", ["case_id"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("grade", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_ratings_case_id_cases"),
        sa.PrimaryKeyConstraint("case_id", name="pk_ratings"),
    )


def downgrade() -> None:
    op.drop_table("ratings")
    op.drop_table("print_actions")
    op.drop_table("documents")
    op.drop_table("inbox")
    op.drop_table("cases")
    op.drop_table("installations")
    op.drop_table("demonstration_records")
    op.drop_table("access_records")
    op.drop_table("kiosks")
    op.drop_table("demonstration_registers")
    op.drop_table("catalogues")
