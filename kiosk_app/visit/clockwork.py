"""How long each situation may last, and what a touch does to that.

`wound` is the only place that sets a state's clock. A situation either waits for a person (an idle
time, then a warning), runs out by itself, or is bounded by whoever it waits for and has no clock.
"""

from dataclasses import replace
from typing import assert_never

from kiosk_app.visit.state import (
    Apologising,
    Asking,
    Choosing,
    Committing,
    Consenting,
    Finished,
    Identifying,
    Idle,
    Leaving,
    Printing,
    Reviewing,
    Scanning,
    Situation,
    Visit,
    VisitState,
)
from kiosk_app.visit.timing import (
    APOLOGY_S,
    ASKING_IDLE_S,
    CHOOSING_IDLE_S,
    FINISHED_S,
    GOODBYE_S,
    PRINTING_IDLE_S,
    TAKE_CARD_S,
    WARNING_S,
)


def wound(
    state: VisitState, situation: Situation, now: float, *, touched: bool = False, warn: bool = False
) -> VisitState:
    """Return `state` in `situation` with its clock set.

    The clock starts anew when a person touched the screen or the situation moved on; a mere change
    of detail (a card was found, the paper came back) leaves a running clock alone. `warn` turns a
    spent idle time into the warning.
    """
    after = replace(state, situation=situation)
    if isinstance(situation, Idle):
        return VisitState(
            situation, state.first_language, watched_card=state.watched_card, first_language=state.first_language
        )
    if warn:
        return replace(after, idle_at=None, leave_at=now + _warning_s(situation))
    same = type(situation) is type(state.situation) and _waits(situation) == _waits(state.situation)
    if same and not touched and not _restarts(state.situation, situation):
        return after
    idle_s, leave_s = _waits(situation)
    return replace(
        after,
        idle_at=now + idle_s if idle_s is not None else None,
        leave_at=now + leave_s if leave_s is not None else None,
    )


def _restarts(before: Situation, after: Situation) -> bool:
    """Whether a change within the same kind of situation shows that a person is still there."""
    match before, after:
        case Choosing(), Choosing():
            return before != after
        case Identifying(_, _, found_before), Identifying(_, _, found_after):
            return found_after and not found_before
        case Scanning(), Scanning():
            return before.refused != after.refused
        case Finished(), Finished():
            return before.rated != after.rated
        case Apologising(), Apologising():
            return before != after
    return False


def _waits(situation: Situation) -> tuple[float | None, float | None]:
    """Seconds until the warning, and until the situation ends without one."""
    match situation:
        case Idle() | Committing():
            return None, None
        case Asking():
            return ASKING_IDLE_S, None
        case Choosing():
            return CHOOSING_IDLE_S, None
        case Consenting(visit) | Identifying(visit) | Scanning(visit) | Reviewing(visit):
            return _item_idle_s(visit), None
        case Printing(visit):
            return (_item_idle_s(visit) if situation.held_up is not None else PRINTING_IDLE_S), None
        case Finished():
            return None, FINISHED_S
        case Apologising(visit=None):
            return None, APOLOGY_S
        case Apologising():
            return APOLOGY_S, None
        case Leaving(_, _, card_present):
            return None, TAKE_CARD_S if card_present else GOODBYE_S
        case _:
            assert_never(situation)


def _item_idle_s(visit: Visit) -> float:
    return float(visit.item.idle_s) if visit.item is not None else CHOOSING_IDLE_S


def _warning_s(situation: Situation) -> float:
    visit = None if isinstance(situation, Idle | Leaving) else situation.visit
    return float(visit.item.warning_s) if visit is not None and visit.item is not None else WARNING_S
