"""The part of the screen that is there on every page, computed from state and facts. No Qt here."""

import math
from dataclasses import replace

from contract.catalogue import Catalogue, CommitStep, ReviewStep, Step
from kiosk_app.visit.facts import Facts
from kiosk_app.visit.state import Finished, Idle, Leaving, Printing, VisitState
from ui.page_values import Shown
from ui.pages import card_present, waiting_for, who

_ORDER = (
    "Idle",
    "Choosing",
    "Consenting",
    "Identifying",
    "Scanning",
    "Asking",
    "Reviewing",
    "Committing",
    "Printing",
    "Finished",
    "Apologising",
    "Leaving",
)


def shown(state: VisitState, facts: Facts, before: Shown) -> Shown:
    """What every page shares, after `before`."""
    # Out of service is no situation of a visit: there is none, and none can begin. It looks like any other trouble.
    out = isinstance(state.situation, Idle) and not facts.in_service
    situation = "Apologising" if out else type(state.situation).__name__
    visit = state.visit
    catalogue = visit.catalogue if visit is not None else facts.catalogue
    item = visit.item if visit is not None else None
    left = state.leave_at - facts.now if state.leave_at is not None else 0.0
    moved = situation != before.situation
    page = Shown(
        situation=situation,
        language=state.language,
        mode=state.mode,
        ready=facts.ready,
        online=facts.central is None or facts.central.reachable,
        asking=state.leave_at is not None and visit is not None and not isinstance(state.situation, Finished),
        forward=_ORDER.index(situation) >= _ORDER.index(before.situation) if moved else before.forward,
        seconds_left=max(0, math.ceil(left)),
        card_left=isinstance(state.situation, Idle) and state.situation.card_left,
        card_present=card_present(state),
        item_title=item.title.pick(state.language) if item is not None else "",
        waiting_for=waiting_for(state),
        who=who(state),
        step_kinds=_step_kinds(state),
        step_index=_step_index(state),
    )
    return _in_hall(page, catalogue, state.language)


def _in_hall(page: Shown, catalogue: Catalogue | None, language: str) -> Shown:
    if catalogue is None:
        return page
    hall = catalogue.hall
    return replace(
        page,
        hall_title=hall.title.pick(language),
        hall_phone=hall.phone,
        hall_desk=hall.desk.pick(language),
        notice_titles=tuple(notice.title.pick(language) for notice in catalogue.notices),
        notice_bodies=tuple(notice.body.pick(language) for notice in catalogue.notices),
    )


def _step_kinds(state: VisitState) -> tuple[str, ...]:
    """The item's steps as a citizen counts them: asking a register is part of reading its answer."""
    visit = state.visit
    if visit is None or visit.item is None:
        return ()
    return tuple(_kind(step, visit.item.steps[-1]) for step in visit.item.steps if step.kind != "lookup")


def _kind(step: Step, last: Step) -> str:
    """What a step is to a citizen: a commit that prints is the print, a review that nothing follows the result."""
    match step:
        case CommitStep(template=str()):
            return "print"
        case ReviewStep() if step is last:
            return "result"
        case _:
            return step.kind


def _step_index(state: VisitState) -> int:
    visit = state.visit
    if visit is None or visit.item is None:
        return 0
    counted = [index for index, step in enumerate(visit.item.steps) if step.kind != "lookup"]
    if isinstance(state.situation, Printing | Finished | Leaving):
        return len(counted) - 1
    return sum(1 for index in counted if index < visit.step) if visit.step not in counted else counted.index(visit.step)
