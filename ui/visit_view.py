"""Where the visit stands and the hall around it, for every page; and the one way back, `VisitView.act`."""

from collections.abc import Callable

from PySide6.QtCore import Property, Signal, Slot, qtTrId

from ui.fault_words import key_of
from ui.page_values import Shown
from ui.page_view import PageView

Act = Callable[[str, str], None]


def _nobody_listens(name: str, value: str) -> None:
    """A touch before the visit machine is there; the screen says that it is getting ready."""


class VisitView(PageView[Shown]):
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
