"""Orders to terminals: signed by an operator, carried by sync, answered, and every step written down.

A server never signs: the key's private half lies in a file of whoever gives orders, which need not be on
the server's machine. An order goes to its terminal with every sync until its final answer came or its
time is over, so that a lost reply loses none; the terminal does it once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from central.clock import instant
from central.fleet_models import CommandKeyRow, CommandRecord, CommandRow
from central.logs import LogEvent, log
from central.models import Kiosk
from central.signing import SigningKey
from central.store import Store
from contract.fleet import CommandAnswer, CommandKind, CommandOrder, CommandState, SignedCommand, command_text
from contract.ids import KioskId, new_id

VALID = timedelta(hours=1)
AT_ONCE = 50
"""Orders of one reply."""
_OPEN = ("open", CommandState.BEGUN)
_WAITING = (
    select(CommandRow)
    .where(CommandRow.kiosk_id == bindparam("kiosk"), CommandRow.state.in_(_OPEN))
    .order_by(CommandRow.issued_at, CommandRow.id)
    .limit(AT_ONCE)
)


class NobodyThere(Exception):
    """No terminal of that name was ever enrolled."""


def announce(store: Store, key: SigningKey, now: datetime) -> None:
    """Make the key's public half known, so that terminals hear of it when they enrol or rotate."""
    with store.writing() as session:
        if session.get(CommandKeyRow, key.key_id) is None:
            session.add(CommandKeyRow(id=key.key_id, public_key=key.public_key, made_at=instant(now)))


def issue(
    store: Store,
    key: SigningKey,
    kiosk: KioskId,
    kind: CommandKind,
    now: datetime,
    *,
    reason: str = "",
    valid: timedelta = VALID,
) -> CommandOrder:
    """Sign an order and lay it out for the terminal.

    Raises:
        NobodyThere: there is no such terminal.
    """
    announce(store, key, now)
    order = CommandOrder(
        command_id=new_id(),
        kiosk=kiosk,
        kind=kind,
        issued_at=instant(now),
        expires_at=instant(now + valid),
        reason=reason,
    )
    payload = order.model_dump_json()
    signed = SignedCommand(key_id=key.key_id, payload=payload, signature=key.sign(command_text(payload)))
    with store.writing() as session:
        if session.get(Kiosk, kiosk) is None:
            raise NobodyThere
        session.add(
            CommandRow(
                id=order.command_id,
                kiosk_id=kiosk,
                kind=kind,
                key_id=signed.key_id,
                payload=signed.payload,
                signature=signed.signature,
                issued_at=order.issued_at,
                expires_at=order.expires_at,
                state="open",
            )
        )
        session.flush()
        _record(session, order.command_id, order.issued_at, "issued", reason)
    log(LogEvent.COMMAND_ISSUED, kiosk=kiosk, command=order.command_id, kind=kind)
    return order


def answered(session: Session, kiosk: Kiosk, answers: Iterable[CommandAnswer], now: datetime) -> None:
    """Write down what the terminal says became of its orders. A final answer stands."""
    for answer in answers:
        row = session.get(CommandRow, answer.command_id)
        if row is None or row.kiosk_id != kiosk.id or row.state == answer.state or row.state not in _OPEN:
            continue
        row.state, row.answered_at, row.detail = answer.state, instant(now), answer.detail
        row.blob_sha256 = answer.blob_sha256
        _record(session, row.id, instant(now), answer.state, answer.detail)
        log(LogEvent.COMMAND_MOVED, kiosk=kiosk.id, command=row.id, kind=row.kind, state=answer.state)


def waiting(session: Session, kiosk: Kiosk, now: datetime) -> tuple[SignedCommand, ...]:
    """Return the terminal's open orders, the oldest first; one whose time is over and that nobody began ends."""
    sent = []
    for row in session.scalars(_WAITING, {"kiosk": kiosk.id}).all():
        if row.expires_at > instant(now):
            sent.append(SignedCommand(key_id=row.key_id, payload=row.payload, signature=row.signature))
        elif row.state == "open":
            row.state = CommandState.EXPIRED
            _record(session, row.id, instant(now), "expired", "nobody answered")
    return tuple(sent)


def history(store: Store, kiosk: KioskId | None = None, limit: int = 100) -> Sequence[CommandRow]:
    """Return the latest orders, to one terminal or to all, the newest first."""
    query = select(CommandRow).order_by(CommandRow.issued_at.desc(), CommandRow.id.desc()).limit(limit)
    with store.reading() as session:
        return session.scalars(query if kiosk is None else query.where(CommandRow.kiosk_id == kiosk)).all()


def _record(session: Session, command_id: str, at: str, happened: str, detail: str) -> None:
    session.add(CommandRecord(command_id=command_id, at=at, happened=happened, detail=detail))
