"""The lives of terminals' disks: which installation speaks, and whether it is the one that spoke last.

A disk that was copied or set back has an old `turn`. Central gives a new one whenever it took in new
events; the terminal keeps it together with the acknowledgement. The one before is good, too, since a
reply can be lost. With any other turn the disk is not the one that spoke last: it has to become a new
installation, and the one that a newer replaced is retired. An identity that begins installations over
and over is in two places at once: it is suspended until a person enrols it again.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from central.clock import instant
from central.incoming import IncomingBatch
from central.logs import LogEvent, log
from central.models import Installation, Kiosk
from central.problems import Kind, Refused

LIVES_A_DAY = 10
"""Installations that one identity may begin within a day."""
ANY_TURN = "*"
"""Stands for an installation whose turn central does not know, because an older backup was restored."""


def installation_of(session: Session, kiosk: Kiosk, batch: IncomingBatch, now: datetime) -> Installation | Refused:
    """Return the installation that the batch is of, made known if it is new, or why it may not speak.

    A refusal is returned and not raised, because what was noticed has to be committed.

    Raises:
        Refused: the installation is another terminal's.
    """
    found = session.get(Installation, batch.installation)
    if found is not None and found.kiosk_id != kiosk.id:
        raise Refused(Kind.WRONG_INSTALLATION)
    if found is None:
        return _begin(session, kiosk, batch, now)
    if batch.verdict_cursor is None:
        return found  # a release from before turns
    if found.retired_at is not None or not _is_its_turn(found, batch.turn):
        log(LogEvent.INSTALLATION_COPIED, kiosk=kiosk.id, installation=found.id)
        return Refused(Kind.COPIED_INSTALLATION)
    return found


def next_turn(installation: Installation, given: str | None, fresh: int) -> str:
    """Return the turn for the reply: a new one when new events came under the current."""
    turn = installation.turn
    if turn is None or turn == ANY_TURN or (fresh and given == turn):
        installation.turn_before = given if turn == ANY_TURN else turn
        installation.turn = turn = secrets.token_urlsafe(12)
    return turn


def _is_its_turn(installation: Installation, given: str | None) -> bool:
    return installation.turn in {None, ANY_TURN} or given in {installation.turn, installation.turn_before}


def _begin(session: Session, kiosk: Kiosk, batch: IncomingBatch, now: datetime) -> Installation | Refused:
    if batch.verdict_cursor is not None:
        since = instant(now - timedelta(days=1))
        lives = select(func.count()).where(Installation.kiosk_id == kiosk.id, Installation.first_seen_at > since)
        if (session.scalar(lives) or 0) >= LIVES_A_DAY:
            kiosk.suspended_at = instant(now)
            log(LogEvent.IDENTITY_COPIED, kiosk=kiosk.id)
            return Refused(Kind.IDENTITY_COPIED)
        retire = update(Installation).where(Installation.kiosk_id == kiosk.id, Installation.retired_at.is_(None))
        session.execute(retire.values(retired_at=instant(now)))
    begun = Installation(
        id=batch.installation,
        kiosk_id=kiosk.id,
        acknowledged=batch.first_sequence - 1,
        first_seen_at=instant(now),
        verdicts_from=kiosk.verdicts if batch.verdict_cursor == 0 else 0,
    )
    session.add(begun)
    session.flush()
    return begun
