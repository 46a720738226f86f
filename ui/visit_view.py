"""Where the visit stands and the hall around it, for every page; and the one way back, `VisitView.act`.

The idle page invites from the first frame on, some tenths of a second before there is a visit machine:
the last touch made before that is kept, said to be waited for, and taken up by the presenter.
"""

from collections.abc import Callable

from PySide6.QtCore import Property, Signal, Slot, qtTrId

from ui.fault_words import key_of
from ui.page_values import Shown
from ui.page_view import PageView

Act = Callable[[str, str], None]


Touch = tuple[str, str]


def _nobody_listens(name: str, value: str) -> None:
    """A touch on a page that only the visit machine can have shown; there is none any more."""


class VisitView(PageView[Shown]):
    """Where the visit stands, and the hall around it."""

    changed = Signal()

    def __init__(self, kiosk: str, first: Shown) -> None:
        super().__init__(first)
        self._act: Act = _nobody_listens
        self._early: Touch | None = None
        self._sure = True
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
        """Hand a touch on a named control to the visit, or keep it until there can be one."""
        if self._page.ready or self._page.situation != "Idle":
            self._act(name, value)
        else:
            self._early = (name, value)
            self.changed.emit()

    def doubt(self) -> None:
        """Stop inviting until there is a visit machine: it is late, so there may be something to say first."""
        if self._sure:
            self._sure = False
            self.changed.emit()

    def take_early_touch(self) -> Touch | None:
        """Return the touch that was kept, once, when the idle page can answer it; what else is shown drops it."""
        if self._early is None or not self._page.ready:
            return None
        touch, self._early = self._early, None
        return touch if self._page.situation == "Idle" else None

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
    def inviting(self) -> bool:
        """Whether the idle page asks for a touch; one that has to wait is answered by saying so."""
        return self._page.ready or (self._sure and self._early is None)

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
