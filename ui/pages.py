"""What each page shows, as plain values computed from the visit's state and the facts around it.

No Qt here. Masking happens here, by `kiosk_app.documents.wording`, and nowhere in QML.
"""

from typing import Any

from contract.cases import CaseStage
from contract.catalogue import Catalogue, LookupStep, NoticeStep, ReviewStep, ServiceItem
from contract.documents import ShownFact
from contract.fault import Fault
from kiosk_app.documents.wording import day, mask, table_rows, word
from kiosk_app.visit.facts import Facts, blocked
from kiosk_app.visit.state import Apologising, Asking, Choosing, Finished, Identifying, Leaving, Printing, VisitState
from ui.page_values import ConsentPage, DonePage, JobPage, ReaderPage, ReviewPage, Tile, TroublePage


def consent_page(state: VisitState) -> ConsentPage:
    """What will be read and why."""
    visit = state.visit
    step = visit.current_step if visit is not None else None
    if visit is None or visit.item is None or not isinstance(step, NoticeStep):
        return ConsentPage()
    language = state.language
    return ConsentPage(
        tuple(text.pick(language) for text in step.reads),
        step.purpose.pick(language),
        step.keeps.pick(language),
        visit.item.summary.pick(language),
    )


def reader_page(state: VisitState, facts: Facts) -> ReaderPage:
    """What the reader sees."""
    now = state.situation
    if not isinstance(now, Identifying):
        return ReaderPage()
    broken = facts.reader is None or not (facts.reader.state.serves or facts.reader.state == "starting")
    fault = facts.reader.fault if facts.reader is not None else Fault.of("reader.absent")
    reader_fault = (fault.code if fault is not None else "reader.offline") if broken else ""
    return ReaderPage(now.card_found, now.fault.code if now.fault is not None else "", reader_fault)


def review_page(state: VisitState, facts: Facts) -> ReviewPage:
    """The register's answer in the citizen's language, masked where the catalogue says so."""
    visit = state.visit
    step = visit.current_step if visit is not None else None
    if visit is None or visit.item is None or visit.answer is None or not isinstance(step, ReviewStep):
        return ReviewPage()
    answer, codes, language = visit.answer.facts, visit.catalogue.codes, state.language

    def written(fact: ShownFact) -> str:
        return word(fact, answer, codes, language)

    stop = blocked(visit.item, facts)
    table = step.table
    return ReviewPage(
        headline_label=step.headline.label.pick(language) if step.headline is not None else "",
        headline_value=written(step.headline) if step.headline is not None else "",
        facts=tuple((fact.label.pick(language), written(fact)) for fact in step.facts),
        table_title=table.title.pick(language) if table is not None else "",
        columns=tuple(column.label.pick(language) for column in table.columns) if table is not None else (),
        rows=tuple(tuple(row) for row in table_rows(table, answer, codes, language)) if table is not None else (),
        as_of=day(visit.answer.as_of, language),
        blocked=stop.code if stop is not None else "",
    )


def job_page(state: VisitState) -> JobPage:
    """Where the paper is."""
    now = state.situation
    if not isinstance(now, Printing):
        return JobPage()
    stage = {CaseStage.COMMITTED: 0, CaseStage.RENDERED: 1, CaseStage.PRINTING: 1, CaseStage.CLOSED: 2}[now.stage]
    return JobPage(stage, now.receipt.receipt_number, now.held_up.code if now.held_up is not None else "")


def done_page(state: VisitState) -> DonePage:
    """How it ended."""
    now = state.situation
    if not isinstance(now, Finished):
        return DonePage()
    return DonePage(
        now.outcome.value,
        now.receipt.receipt_number,
        now.fault.code if now.fault is not None else "",
        now.delivered,
        now.grade or 0,
        now.rated,
    )


def trouble_page(state: VisitState) -> TroublePage:
    """What went wrong and whether trying again can help."""
    now = state.situation
    if not isinstance(now, Apologising):
        return TroublePage()
    return TroublePage(
        now.fault.code,
        now.again != "none",
        now.visit is not None,
        now.receipt.receipt_number if now.receipt is not None else "",
        now.print.value if now.print is not None else "",
        _why(now, state.language),
    )


def _why(now: Apologising, language: str) -> str:
    """The item's own reason for refusing this applicant, when that is what happened."""
    step = now.visit.current_step if now.visit is not None else None
    if now.fault.code == "lookup.not_eligible" and isinstance(step, LookupStep):
        return step.refused.pick(language)
    return ""


def waiting_for(state: VisitState) -> str:
    """Whom the machine is asking, in the item's own words."""
    if not isinstance(state.situation, Asking):
        return ""
    step = state.situation.visit.current_step
    return step.waiting.pick(state.language) if isinstance(step, LookupStep) else ""


def who(state: VisitState) -> str:
    """Whom the machine takes the citizen for, masked for the eyes of those behind."""
    applicant = state.visit.applicant if state.visit is not None else None
    if applicant is None:
        return ""
    return f"{mask(applicant.name, 'name')}  {mask(applicant.document_number, 'number')}"


def tiles(state: VisitState, facts: Facts) -> tuple[Tile, ...]:
    """The services that match what was typed, in the catalogue's order."""
    if not isinstance(state.situation, Choosing):
        return ()
    catalogue = state.situation.visit.catalogue
    found = [item for item in catalogue.items if matches(item, state.situation.query)]
    return tuple(_tile(item, catalogue, state.language, facts) for item in found)


def matches(item: ServiceItem, query: str) -> bool:
    """Whether typed letters begin some word of the item: its pinyin initials, keywords or titles."""
    typed = query.strip().lower()
    if not typed:
        return True
    if any(typed in initials.lower() for initials in item.initials):
        return True
    words = [*item.keywords, *item.title.root.values()]
    return any(typed in word_.lower() for word_ in words)


def _tile(item: ServiceItem, catalogue: Catalogue, language: str, facts: Facts) -> Tile:
    stop = blocked(item, facts)
    departments: dict[str, Any] = {department.id: department.title for department in catalogue.departments}
    department = departments.get(item.department)
    return Tile(
        item.id,
        item.title.pick(language),
        item.summary.pick(language),
        item.icon,
        department.pick(language) if department is not None else "",
        item.minutes,
        item.sheets,
        stop.code if stop is not None else "",
    )


def card_present(state: VisitState) -> bool:
    """Whether a leaving citizen's card still lies on the reader."""
    return isinstance(state.situation, Leaving) and bool(state.situation.card_present)
