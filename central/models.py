"""The tables of central, as SQLAlchemy models; the migrations make exactly these.

The inbox holds every event as it came and is never changed but for its state; all other case tables
are projections that could be built from it again. Columns about people carry `PERSONAL`, and
`docs/central.md` names each of them. Text has no length, so that no terminal's event is too long for
one database and fits the other.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PERSONAL = {"personal": True}
"""Marks a column that tells something about a citizen."""


class Base(DeclarativeBase):
    """Constraints have names, so that a migration can drop them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text(), dict[str, Any]: JSON(none_as_null=True), list[dict[str, Any]]: JSON()}  # noqa: RUF012 - read once by SQLAlchemy


class Kiosk(Base):
    """A terminal that was enrolled. Only a digest of its token is kept."""

    __tablename__ = "kiosks"

    id: Mapped[str] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    enrolled_at: Mapped[str]
    last_seen_at: Mapped[str | None]
    catalogue_version: Mapped[int | None] = mapped_column(BigInteger)
    health: Mapped[dict[str, Any] | None]


class Installation(Base):
    """One life of a terminal's disk. `acknowledged` is its highest sequence without a gap before it."""

    __tablename__ = "installations"

    id: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    acknowledged: Mapped[int] = mapped_column(BigInteger, default=0)
    first_seen_at: Mapped[str]


class InboxEvent(Base):
    """An event as the terminal wrote it.

    `state` is ``waiting`` (behind a gap), ``applied`` or ``set-aside`` (kept, but central could not
    use it; `reason` says why in one word).
    """

    __tablename__ = "inbox"

    installation_id: Mapped[str] = mapped_column(ForeignKey("installations.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str]
    at: Mapped[str]
    kind: Mapped[str]
    sha256: Mapped[str]
    body: Mapped[str] = mapped_column(info=PERSONAL)
    received_at: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]


class CaseRow(Base):
    """A case as its events tell it. Columns are empty until the event that fills them was understood."""

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(primary_key=True)
    installation_id: Mapped[str] = mapped_column(ForeignKey("installations.id"), index=True)
    visit_id: Mapped[str | None]
    receipt_number: Mapped[str | None] = mapped_column(index=True)
    item_id: Mapped[str | None]
    item_code: Mapped[str | None]
    catalogue_version: Mapped[int | None] = mapped_column(BigInteger)
    language: Mapped[str | None]
    committed_at: Mapped[str | None]
    applicant_name: Mapped[str | None] = mapped_column(info=PERSONAL)
    applicant_document_type: Mapped[str | None]
    applicant_document_number: Mapped[str | None] = mapped_column(info=PERSONAL)
    register_name: Mapped[str | None]
    facts_as_of: Mapped[str | None]
    template: Mapped[str | None]
    stage: Mapped[str | None]
    verdict: Mapped[str | None]
    verdict_at: Mapped[str | None]


class DocumentRow(Base):
    """A document that was rendered; its facts are masked by the terminal before they are sent."""

    __tablename__ = "documents"

    verification_code: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    template: Mapped[str]
    template_version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    pages: Mapped[int] = mapped_column(BigInteger)
    issued_at: Mapped[str]
    facts: Mapped[list[dict[str, Any]]] = mapped_column(info=PERSONAL)


class PrintActionRow(Base):
    """One physical print. `outcome` stays empty from its intention until the terminal settled it."""

    __tablename__ = "print_actions"

    action_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    sheets_intended: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None]
    fault_code: Mapped[str | None]
    sheets_out: Mapped[int | None] = mapped_column(BigInteger)


class RatingRow(Base):
    """One rating for one case; an empty grade is "not rated", never the best grade."""

    __tablename__ = "ratings"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    visit_id: Mapped[str]
    grade: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[str]


class CatalogueRow(Base):
    """A catalogue that terminals may be given; the highest version is in force."""

    __tablename__ = "catalogues"

    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sha256: Mapped[str]
    document: Mapped[str]
    loaded_at: Mapped[str]


class AccessRecord(Base):
    """Who was asked about, by which terminal, for what, when. Never what the register said."""

    __tablename__ = "access_records"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(index=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    visit_id: Mapped[str]
    lookup_id: Mapped[str]
    item_id: Mapped[str]
    register_name: Mapped[str]
    document_type: Mapped[str]
    document_number: Mapped[str] = mapped_column(info=PERSONAL)
    outcome: Mapped[str]


class DemonstrationRegister(Base):
    """A register that the embedded demonstration plays."""

    __tablename__ = "demonstration_registers"

    name: Mapped[str] = mapped_column(primary_key=True)


class DemonstrationRecord(Base):
    """What a demonstration register holds of one synthetic person."""

    __tablename__ = "demonstration_records"
    __table_args__ = (ForeignKeyConstraint(["register_name"], ["demonstration_registers.name"]),)

    register_name: Mapped[str] = mapped_column(primary_key=True)
    document_type: Mapped[str] = mapped_column(primary_key=True)
    document_number: Mapped[str] = mapped_column(primary_key=True, info=PERSONAL)
    facts: Mapped[dict[str, Any]] = mapped_column(info=PERSONAL)
