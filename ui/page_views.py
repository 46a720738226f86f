"""What single pages show: layout-ready values and nothing else. Touches go back through `VisitView.act`."""

from PySide6.QtCore import Property, QObject, Signal

from ui.fault_words import PICTURES
from ui.items_model import ItemsModel
from ui.page_values import (
    ConsentPage,
    DonePage,
    JobPage,
    ReaderPage,
    ReviewPage,
    ScannerPage,
    Tile,
    TroublePage,
)
from ui.page_view import PageView


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


class ConsentView(PageView[ConsentPage]):
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


class ReaderView(PageView[ReaderPage]):
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


class ScannerView(PageView[ScannerPage]):
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


class ReviewView(PageView[ReviewPage]):
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


class JobView(PageView[JobPage]):
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


class DoneView(PageView[DonePage]):
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

    @Property(bool, notify=changed)
    def again(self) -> bool:
        return self._page.again


class TroubleView(PageView[TroublePage]):
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

    @Property(bool, notify=changed)
    def stands(self) -> bool:
        return self._page.stands

    @Property(str, notify=changed)
    def picture(self) -> str:
        return PICTURES.get(self._page.code.split(".", maxsplit=1)[0], "warning")
