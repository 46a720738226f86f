"""The objects QML reads: one a page, each emitting only when what it shows has changed.

They hold layout-ready values and nothing else; the one way back is `VisitView.act`.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Property, QObject, Signal, Slot, qtTrId

from ui.fault_words import PICTURES, key_of
from ui.items_model import ItemsModel
from ui.page_values import (
    ConsentPage,
    DonePage,
    JobPage,
    ReaderPage,
    ReviewPage,
    ScannerPage,
    Shown,
    Tile,
    TroublePage,
)

Page = TypeVar("Page")
Act = Callable[[str, str], None]


def _nobody_listens(name: str, value: str) -> None:
    """A touch before the visit machine is there; the screen says that it is getting ready."""


class _PageView(QObject, Generic[Page]):
    """Keeps the last page shown and tells QML when there is another.

    Every view declares its own `changed`: Qt does not find a notify signal of a Python base class.
    """

    changed: Signal

    def __init__(self, page: Page, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page = page

    def show_page(self, page: Page) -> None:
        """Take up `page`; silent when nothing changed."""
        if page != self._page:
            self._page = page
            self.changed.emit()

    def retranslate(self) -> None:
        """Let QML ask again: it does not know that a fault is worded in a language (`VisitView.words`)."""
        self.changed.emit()


class VisitView(_PageView[Shown]):
    """Where the visit stands, and the hall around it."""

    changed = Signal()

    def __init__(self, kiosk: str, language: str) -> None:
        super().__init__(Shown(language=language))
        self._act: Act = _nobody_listens
        self._kiosk = kiosk

    def hand_to(self, act: Act) -> None:
        """Have touches answered by `act` from now on."""
        self._act = act

    @property
    def page(self) -> Shown:
        """What is shown now."""
        return self._page

    @Slot(str, str)
    def act(self, name: str, value: str) -> None:
        """Hand a touch on a named control to the visit."""
        self._act(name, value)

    @Slot(str, str, result=str)
    def words(self, code: str, part: str) -> str:
        """The sentence for a fault code: its ``title`` or what to ``do``."""
        return qtTrId(f"fault.{key_of(code)}.{part}") if code else ""

    @Property(str, constant=True)
    def kiosk(self) -> str:
        return self._kiosk

    @Property(str, notify=changed)
    def situation(self) -> str:
        return self._page.situation

    @Property(str, notify=changed)
    def language(self) -> str:
        return self._page.language

    @Property(str, notify=changed)
    def mode(self) -> str:
        return self._page.mode

    @Property(bool, notify=changed)
    def ready(self) -> bool:
        return self._page.ready

    @Property(bool, notify=changed)
    def online(self) -> bool:
        return self._page.online

    @Property(bool, notify=changed)
    def asking(self) -> bool:
        return self._page.asking

    @Property(bool, notify=changed)
    def forward(self) -> bool:
        return self._page.forward

    @Property(int, notify=changed)
    def secondsLeft(self) -> int:  # noqa: N802 - a QML property
        return self._page.seconds_left

    @Property(bool, notify=changed)
    def cardLeft(self) -> bool:  # noqa: N802 - a QML property
        return self._page.card_left

    @Property(bool, notify=changed)
    def cardPresent(self) -> bool:  # noqa: N802 - a QML property
        return self._page.card_present

    @Property(str, notify=changed)
    def hallTitle(self) -> str:  # noqa: N802 - a QML property
        return self._page.hall_title

    @Property(str, notify=changed)
    def hallPhone(self) -> str:  # noqa: N802 - a QML property
        return self._page.hall_phone

    @Property(str, notify=changed)
    def hallDesk(self) -> str:  # noqa: N802 - a QML property
        return self._page.hall_desk

    @Property(list, notify=changed)
    def noticeTitles(self) -> list[str]:  # noqa: N802 - a QML property
        return list(self._page.notice_titles)

    @Property(list, notify=changed)
    def noticeBodies(self) -> list[str]:  # noqa: N802 - a QML property
        return list(self._page.notice_bodies)

    @Property(str, notify=changed)
    def itemTitle(self) -> str:  # noqa: N802 - a QML property
        return self._page.item_title

    @Property(str, notify=changed)
    def waitingFor(self) -> str:  # noqa: N802 - a QML property
        return self._page.waiting_for

    @Property(str, notify=changed)
    def who(self) -> str:
        return self._page.who

    @Property(list, notify=changed)
    def stepNames(self) -> list[str]:  # noqa: N802 - a QML property
        return [qtTrId(f"step.{kind}") for kind in self._page.step_kinds]

    @Property(int, notify=changed)
    def stepIndex(self) -> int:  # noqa: N802 - a QML property
        return self._page.step_index


class HomeView(QObject):
    """The services on offer and what was typed to find one."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._items = ItemsModel(self)
        self._query = ""

    def show_items(self, query: str, tiles: tuple[Tile, ...]) -> None:
        """Take up what is on offer; silent when nothing changed."""
        changed = self._items.show_tiles(tiles)
        if changed or query != self._query:
            self._query = query
            self.changed.emit()

    def retranslate(self) -> None:
        """Write the tiles anew in the language that is set."""
        self._items.retranslate()

    @Property(QObject, constant=True)
    def items(self) -> ItemsModel:
        return self._items

    @Property(str, notify=changed)
    def query(self) -> str:
        return self._query

    @Property(int, notify=changed)
    def count(self) -> int:
        return self._items.rowCount()


class ConsentView(_PageView[ConsentPage]):
    """What will be read, and why."""

    changed = Signal()

    @Property(list, notify=changed)
    def reads(self) -> list[str]:
        return list(self._page.reads)

    @Property(str, notify=changed)
    def purpose(self) -> str:
        return self._page.purpose

    @Property(str, notify=changed)
    def keeps(self) -> str:
        return self._page.keeps

    @Property(str, notify=changed)
    def result(self) -> str:
        return self._page.result


class ReaderView(_PageView[ReaderPage]):
    """What the card reader sees."""

    changed = Signal()

    @Property(bool, notify=changed)
    def found(self) -> bool:
        return self._page.found

    @Property(str, notify=changed)
    def fault(self) -> str:
        return self._page.fault

    @Property(str, notify=changed)
    def readerFault(self) -> str:  # noqa: N802 - a QML property
        return self._page.reader_fault


class ScannerView(_PageView[ScannerPage]):
    """What the scanner waits for."""

    changed = Signal()

    @Property(str, notify=changed)
    def title(self) -> str:
        return self._page.title

    @Property(str, notify=changed)
    def lead(self) -> str:
        return self._page.lead

    @Property(str, notify=changed)
    def fault(self) -> str:
        return self._page.fault

    @Property(str, notify=changed)
    def scannerFault(self) -> str:  # noqa: N802 - a QML property
        return self._page.scanner_fault


class ReviewView(_PageView[ReviewPage]):
    """The register's answer."""

    changed = Signal()

    @Property(str, notify=changed)
    def title(self) -> str:
        return self._page.title

    @Property(str, notify=changed)
    def lead(self) -> str:
        return self._page.lead

    @Property(bool, notify=changed)
    def endsHere(self) -> bool:  # noqa: N802 - a QML property
        return self._page.ends_here

    @Property(bool, notify=changed)
    def rescan(self) -> bool:
        return self._page.rescan

    @Property(str, notify=changed)
    def tone(self) -> str:
        return self._page.tone

    @Property(str, notify=changed)
    def finding(self) -> str:
        return self._page.finding

    @Property(str, notify=changed)
    def findingText(self) -> str:  # noqa: N802 - a QML property
        return self._page.finding_text

    @Property(str, notify=changed)
    def listedTitle(self) -> str:  # noqa: N802 - a QML property
        return self._page.listed_title

    @Property(list, notify=changed)
    def listed(self) -> list[dict[str, str]]:
        return [{"label": label, "value": value} for label, value in self._page.listed]

    @Property(str, notify=changed)
    def headlineLabel(self) -> str:  # noqa: N802 - a QML property
        return self._page.headline_label

    @Property(str, notify=changed)
    def headlineValue(self) -> str:  # noqa: N802 - a QML property
        return self._page.headline_value

    @Property(list, notify=changed)
    def facts(self) -> list[dict[str, str]]:
        return [{"label": label, "value": value} for label, value in self._page.facts]

    @Property(str, notify=changed)
    def tableTitle(self) -> str:  # noqa: N802 - a QML property
        return self._page.table_title

    @Property(list, notify=changed)
    def columns(self) -> list[str]:
        return list(self._page.columns)

    @Property(list, notify=changed)
    def rows(self) -> list[list[str]]:
        return [list(row) for row in self._page.rows]

    @Property(str, notify=changed)
    def asOf(self) -> str:  # noqa: N802 - a QML property
        return self._page.as_of

    @Property(str, notify=changed)
    def blocked(self) -> str:
        return self._page.blocked


class JobView(_PageView[JobPage]):
    """Where the paper is."""

    changed = Signal()

    @Property(int, notify=changed)
    def stage(self) -> int:
        return self._page.stage

    @Property(str, notify=changed)
    def receipt(self) -> str:
        return self._page.receipt

    @Property(str, notify=changed)
    def held(self) -> str:
        return self._page.held


class DoneView(_PageView[DonePage]):
    """How it ended."""

    changed = Signal()

    @Property(str, notify=changed)
    def outcome(self) -> str:
        return self._page.outcome

    @Property(str, notify=changed)
    def receipt(self) -> str:
        return self._page.receipt

    @Property(str, notify=changed)
    def fault(self) -> str:
        return self._page.fault

    @Property(bool, notify=changed)
    def delivered(self) -> bool:
        return self._page.delivered

    @Property(int, notify=changed)
    def grade(self) -> int:
        return self._page.grade

    @Property(bool, notify=changed)
    def rated(self) -> bool:
        return self._page.rated


class TroubleView(_PageView[TroublePage]):
    """What went wrong."""

    changed = Signal()

    @Property(str, notify=changed)
    def code(self) -> str:
        return self._page.code

    @Property(bool, notify=changed)
    def again(self) -> bool:
        return self._page.again

    @Property(bool, notify=changed)
    def inVisit(self) -> bool:  # noqa: N802 - a QML property
        return self._page.in_visit

    @Property(str, notify=changed)
    def receipt(self) -> str:
        return self._page.receipt

    @Property(str, notify=changed)
    def print(self) -> str:
        return self._page.print

    @Property(str, notify=changed)
    def why(self) -> str:
        return self._page.why

    @Property(list, notify=changed)
    def meanings(self) -> list[str]:
        return list(self._page.meanings)

    @Property(bool, notify=changed)
    def submits(self) -> bool:
        return self._page.submits

    @Property(str, notify=changed)
    def picture(self) -> str:
        return PICTURES.get(self._page.code.split(".", maxsplit=1)[0], "warning")
