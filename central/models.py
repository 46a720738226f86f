"""The tables about cases, as SQLAlchemy models; the migrations make exactly these and `fleet_models`.

The inbox holds every event as it came and is never changed but for its state; all other case tables
are projections that could be built from it again. Columns about people carry a privacy class, and
`docs/central.md` names each of them.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from central.base import Base, PrivacyClass, personal

_WANTED = text("state = 'wanted'")
_CASE = personal(PrivacyClass.CASE)
_ISSUED = personal(PrivacyClass.ISSUED)
_ACCESS = personal(PrivacyClass.ACCESS)
_SYNTHETIC = personal(PrivacyClass.SYNTHETIC)


class Kiosk(Base):
    """A terminal that was enrolled.

    `suspended_at` is when its identity was seen in too many places; `verdicts` counts the verdicts that
    its cases were given.
    """

    __tablename__ = "kiosks"

    id: Mapped[str] = mapped_column(primary_key=True)
    enrolled_at: Mapped[str | None]
    suspended_at: Mapped[str | None]
    verdicts: Mapped[int] = mapped_column(BigInteger, default=0)
    last_seen_at: Mapped[str | None]
    catalogue_version: Mapped[int | None] = mapped_column(BigInteger)
    health: Mapped[dict[str, Any] | None]


class Installation(Base):
    """One life of a terminal's disk. `acknowledged` is its highest sequence without a gap before it.

    `turn` is the latest that it was given, `turn_before` the one before; see `central.lives`.
    `verdicts_from` is the verdict of its terminal from which on it is told.
    """

    __tablename__ = "installations"

    id: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    acknowledged: Mapped[int] = mapped_column(BigInteger, default=0)
    first_seen_at: Mapped[str]
    turn: Mapped[str | None]
    turn_before: Mapped[str | None]
    retired_at: Mapped[str | None]
    verdicts_from: Mapped[int] = mapped_column(BigInteger, default=0)


class InboxEvent(Base):
    """An event as the terminal wrote it.

    `state` is ``waiting`` (behind a gap), ``applied``, ``set-aside`` (kept, but central could not use it;
    `reason` says why in one word) or ``lost`` (the terminal said that nobody has it any more; no body).
    """

    __tablename__ = "inbox"

    installation_id: Mapped[str] = mapped_column(ForeignKey("installations.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[str]
    kind: Mapped[str]
    sha256: Mapped[str]
    body: Mapped[str] = mapped_column(info=_CASE)
    received_at: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]


class CaseRow(Base):
    """A case as its events tell it. Columns are empty until the event that fills them was understood."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_kiosk_id_verdict_number", "kiosk_id", "verdict_number"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    installation_id: Mapped[str] = mapped_column(ForeignKey("installations.id"), index=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    visit_id: Mapped[str | None]
    receipt_number: Mapped[str | None] = mapped_column(index=True)
    item_id: Mapped[str | None]
    item_code: Mapped[str | None]
    catalogue_version: Mapped[int | None] = mapped_column(BigInteger)
    language: Mapped[str | None]
    committed_at: Mapped[str | None]
    applicant_name: Mapped[str | None] = mapped_column(info=_CASE)
    applicant_document_type: Mapped[str | None]
    applicant_document_number: Mapped[str | None] = mapped_column(info=_CASE)
    register_name: Mapped[str | None]
    facts_as_of: Mapped[str | None]
    template: Mapped[str | None]
    stage: Mapped[str | None]
    verdict: Mapped[str | None]
    verdict_at: Mapped[str | None]
    received_at: Mapped[str]
    verdict_number: Mapped[int | None] = mapped_column(BigInteger)
    closed_as: Mapped[str | None]


class AttachmentRow(Base):
    """A file that a case names. `state` is ``wanted``, ``held`` or ``lost`` (the terminal has it no more)."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_wanted", "case_id", "sha256", sqlite_where=_WANTED, postgresql_where=_WANTED),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True, index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    purpose: Mapped[str]
    sealed: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str]


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
    facts: Mapped[list[dict[str, Any]]] = mapped_column(info=_ISSUED)


class PrintActionRow(Base):
    """One physical print. `outcome` stays empty from its intention until the terminal settled it."""

    __tablename__ = "print_actions"

    action_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    sheets_intended: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None]
    fault_code: Mapped[str | None]
    reprint_of: Mapped[str | None]
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
    document_number: Mapped[str] = mapped_column(info=_ACCESS)
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
    document_number: Mapped[str] = mapped_column(primary_key=True, info=_SYNTHETIC)
    facts: Mapped[dict[str, Any]] = mapped_column(info=_SYNTHETIC)
