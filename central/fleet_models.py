"""The tables about terminals themselves: keys, orders, health, number ranges, blobs.

Nothing here is about a citizen, but for the blobs' bytes, which lie in files and not in the database.
No secret is here either: keys are public ones, and of a one-time code only a digest is kept.
"""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from central.base import Base


class TerminalKey(Base):
    """A public key by which a terminal is known.

    `state` is ``next`` (given, not used yet), ``active``, ``replaced`` or ``revoked``.
    """

    __tablename__ = "terminal_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), index=True)
    public_key: Mapped[str]
    state: Mapped[str]
    made_at: Mapped[str]
    renew_at: Mapped[str]
    not_after: Mapped[str]
    ended_at: Mapped[str | None]


class EnrolmentCode(Base):
    """A one-time code, by its digest. `used_by` is the key that it was exchanged for."""

    __tablename__ = "enrolment_codes"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), index=True)
    made_at: Mapped[str]
    expires_at: Mapped[str]
    used_by: Mapped[str | None]


class CommandKeyRow(Base):
    """The public half of a key that orders are signed with; the other half lies in the operator's file."""

    __tablename__ = "command_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[str]
    made_at: Mapped[str]


class CommandRow(Base):
    """An order to one terminal as it was signed, and how far it got.

    `state` is ``open``, ``begun``, or final: ``done``, ``refused``, ``failed``, ``expired``.
    """

    __tablename__ = "commands"
    __table_args__ = (Index("ix_commands_kiosk_id_state", "kiosk_id", "state"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    kind: Mapped[str]
    key_id: Mapped[str]
    payload: Mapped[str]
    signature: Mapped[str]
    issued_at: Mapped[str]
    expires_at: Mapped[str]
    state: Mapped[str]
    answered_at: Mapped[str | None]
    detail: Mapped[str | None]
    blob_sha256: Mapped[str | None]


class CommandRecord(Base):
    """The audit of orders: one line for each thing that happened to one, only ever added."""

    __tablename__ = "command_records"

    id: Mapped[int] = mapped_column(primary_key=True)
    command_id: Mapped[str] = mapped_column(ForeignKey("commands.id"), index=True)
    at: Mapped[str]
    happened: Mapped[str]
    detail: Mapped[str]


class NumberPool(Base):
    """The tickets of one queue and day: the lowest number that nobody was given."""

    __tablename__ = "number_pools"

    queue: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    next_number: Mapped[int] = mapped_column(BigInteger)


class NumberLease(Base):
    """Numbers that one terminal may give. `next_number` is what the terminal last said it gives next."""

    __tablename__ = "number_leases"
    __table_args__ = (
        UniqueConstraint("kiosk_id", "request_id"),
        Index("ix_number_leases_queue_day", "queue", "day"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    request_id: Mapped[str]
    queue: Mapped[str]
    day: Mapped[str]
    first_number: Mapped[int] = mapped_column(BigInteger)
    last_number: Mapped[int] = mapped_column(BigInteger)
    next_number: Mapped[int] = mapped_column(BigInteger)
    leased_at: Mapped[str]
    expires_at: Mapped[str]


class HealthReport(Base):
    """What a terminal said of itself, thinned: `kiosks.health` holds the latest."""

    __tablename__ = "health_reports"
    __table_args__ = (Index("ix_health_reports_kiosk_id_id", "kiosk_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    at: Mapped[str]
    report: Mapped[dict[str, Any]]


class BlobRow(Base):
    """A file that a terminal delivered whole and whose hash was checked; its bytes are on disk."""

    __tablename__ = "blobs"

    kiosk_id: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    held_at: Mapped[str]


class Marker(Base):
    """A fact about this database itself, such as when it was restored from a backup."""

    __tablename__ = "markers"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
