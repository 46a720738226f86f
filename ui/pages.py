"""What each page shows, as plain values computed from the visit's state and the facts around it.

No Qt here. Masking happens here, by `kiosk_app.documents.wording`, and nowhere in QML.
"""

from typing import Any

from contract.cases import CaseStage
from contract.catalogue import (
    Catalogue,
    CommitStep,
    Finding,
    LookupStep,
    NoticeStep,
    ReviewStep,
    ScanStep,
    ServiceItem,
)
from contract.documents import ShownFact
from contract.fault import Fault
from devices.values import DeviceStatus
from kiosk_app.documents.wording import day, list_rows, mask, plain, resolve, table_rows, word
from kiosk_app.visit.facts import Facts, blocked
from kiosk_app.visit.paper import can_print_again
from kiosk_app.visit.state import (
    Apologising,
    Asking,
    Choosing,
    Finished,
    Identifying,
    Idle,
    Leaving,
    Printing,
    Scanning,
    VisitState,
)
from ui.page_values import ConsentPage, DonePage, JobPage, ReaderPage, ReviewPage, ScannerPage, Tile, TroublePage


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
    reader_fault = _broken(facts.reader, "reader")
    return ReaderPage(now.card_found, now.fault.code if now.fault is not None else "", reader_fault)


def scanner_page(state: VisitState, facts: Facts) -> ScannerPage:
    """What is to be held before the scanner, and what became of the last code."""
    now = state.situation
    step = now.visit.current_step if isinstance(now, Scanning) else None
    if not isinstance(now, Scanning) or not isinstance(step, ScanStep):
        return ScannerPage()
    return ScannerPage(
        step.title.pick(state.language),
        step.lead.pick(state.language),
        now.fault.code if now.fault is not None else "",
        _broken(facts.scanner, "scanner"),
    )


def _broken(status: DeviceStatus | None, family: str) -> str:
    """The fault of a device that does not serve; "" while it does or is only starting."""
    if status is None:
        return Fault.of(f"{family}.absent").code
    if status.state.serves or status.state == "starting":
        return ""
    return status.fault.code if status.fault is not None else Fault.of(f"{family}.offline").code


def review_page(state: VisitState, facts: Facts) -> ReviewPage:
    """The register's answer in the citizen's language, masked where the catalogue says so."""
    visit = state.visit
    step = visit.current_step if visit is not None else None
    if visit is None or visit.item is None or visit.answer is None or not isinstance(step, ReviewStep):
        return ReviewPage()
    answer, codes, language = visit.answer.facts, visit.catalogue.codes, state.language

    def written(fact: ShownFact) -> str:
        return word(fact, answer, codes, language)

    stop = None if visit.ends_here else blocked(visit.item, facts)
    table, finding, listed = step.table, _finding(step, answer), step.listed
    return ReviewPage(
        title=step.title.pick(language) if step.title is not None else "",
        lead=step.lead.pick(language) if step.lead is not None else "",
        ends_here=visit.ends_here,
        rescan=visit.code is not None,
        tone=finding.tone if finding is not None else "",
        finding=finding.title.pick(language) if finding is not None else "",
        finding_text=finding.text.pick(language) if finding is not None else "",
        listed_title=listed.title.pick(language) if listed is not None else "",
        listed=list_rows(listed, answer, language) if listed is not None else (),
        headline_label=step.headline.label.pick(language) if step.headline is not None else "",
        headline_value=written(step.headline) if step.headline is not None else "",
        facts=tuple((fact.label.pick(language), written(fact)) for fact in step.facts),
        table_title=table.title.pick(language) if table is not None else "",
        columns=tuple(column.label.pick(language) for column in table.columns) if table is not None else (),
        rows=tuple(tuple(row) for row in table_rows(table, answer, codes, language)) if table is not None else (),
        as_of=day(visit.answer.as_of, language),
        blocked=stop.code if stop is not None else "",
    )


def _finding(step: ReviewStep, answer: dict[str, Any]) -> Finding | None:
    """What the answer comes to; a code nobody foresaw is never a good finding."""
    shown = step.finding
    if shown is None:
        return None
    try:
        return shown.says.get(plain(resolve(answer, shown.path)), shown.otherwise)
    except TypeError:
        return shown.otherwise


def job_page(state: VisitState) -> JobPage:
    """Where the paper is."""
    now = state.situation
    if not isinstance(now, Printing):
        return JobPage()
    stage = {CaseStage.COMMITTED: 0, CaseStage.RENDERED: 1, CaseStage.PRINTING: 1, CaseStage.CLOSED: 2}[now.stage]
    return JobPage(stage, now.receipt.receipt_number, now.held_up.code if now.held_up is not None else "")


def done_page(state: VisitState, facts: Facts) -> DonePage:
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
        can_print_again(now, facts),
    )


def trouble_page(state: VisitState, *, in_service: bool = True) -> TroublePage:
    """What went wrong and whether trying again can help; or that central took the terminal out of service."""
    now = state.situation
    if isinstance(now, Idle) and not in_service:
        return TroublePage("terminal.out_of_service", stands=True)
    if not isinstance(now, Apologising):
        return TroublePage()
    return TroublePage(
        now.fault.code,
        now.again != "none",
        now.visit is not None,
        now.receipt.receipt_number if now.receipt is not None else "",
        now.print.value if now.print is not None else "",
        _why(now, state.language),
        _meanings(now, state.language),
        now.visit is None or now.visit.item is None or _submits(now.visit.item),
    )


def _meanings(now: Apologising, language: str) -> tuple[str, ...]:
    """What it may mean, in the item's own words, that the register holds nothing."""
    step = now.visit.current_step if now.visit is not None else None
    if now.fault.code in {"lookup.no_record", "code.unknown"} and isinstance(step, LookupStep):
        return tuple(text.pick(language) for text in step.nothing)
    return ()


def _submits(item: ServiceItem) -> bool:
    return any(isinstance(step, CommitStep) for step in item.steps)


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
        "card" if "identity-reader" in item.needs else "code" if "code-scanner" in item.needs else "",
        stop.code if stop is not None else "",
    )


def card_present(state: VisitState) -> bool:
    """Whether a leaving citizen's card still lies on the reader."""
    return isinstance(state.situation, Leaving) and bool(state.situation.card_present)
