"""The presenter: shows the visit's state on the screen and keeps the visit's clock.

It lives on the Qt thread. `post` may be called from any thread and returns at once; everything else
that happens to a visit comes through here one event after the other.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from kiosk_app.visit.events import TimePassed, Touched, VisitEvent
from kiosk_app.visit.runner import VisitRunner
from kiosk_app.visit.state import Choosing
from ui import pages
from ui.app import Screen
from ui.mailbox import Mailbox
from ui.situation import shown

MakeRunner = Callable[[Callable[[VisitEvent], None]], VisitRunner]

INVITES_MS = 1000
"""How long a screen that just started invites before it is known that a visit can begin."""

SECONDS_EVERY_MS = 250
"""How often a shown countdown is looked at; finer than a second, so that none is skipped."""


class Presenter(QObject):
    """One visit machine at one screen."""

    def __init__(self, screen: Screen, make_runner: MakeRunner, invites_ms: int = INVITES_MS) -> None:
        super().__init__()
        self._screen = screen
        self._mailbox: Mailbox[VisitEvent] = Mailbox(self._handle)
        self.runner = make_runner(self._mailbox.put)
        self.runner.on_change(self.refresh)
        screen.visit.hand_to(self._touched)
        self._alarm = QTimer(self, singleShot=True)
        self._alarm.timeout.connect(self._time_passed)
        self._seconds = QTimer(self, interval=SECONDS_EVERY_MS)
        self._seconds.timeout.connect(self.refresh)
        self._invites = QTimer(self, singleShot=True, interval=invites_ms)
        self._invites.timeout.connect(screen.visit.doubt)

    def start(self) -> None:
        """Begin to hear devices and desk."""
        self.runner.start()
        self.refresh()
        self._invites.start()

    def stop(self) -> None:
        """Hear nothing any more, touches neither."""
        self._alarm.stop()
        self._seconds.stop()
        self._invites.stop()
        self._screen.visit.hand_to(_ignore)
        self.runner.stop()
        self._mailbox.close()

    def refresh(self) -> None:
        """Bring every view up to the state; a view whose page did not change stays silent."""
        state, facts, screen = self.runner.state, self.runner.facts(), self._screen
        screen.speak(state.language)
        screen.reader.show_page(pages.reader_page(state, facts))
        screen.scanner.show_page(pages.scanner_page(state, facts))
        screen.consent.show_page(pages.consent_page(state))
        screen.review.show_page(pages.review_page(state, facts))
        screen.job.show_page(pages.job_page(state))
        screen.done.show_page(pages.done_page(state, facts))
        screen.trouble.show_page(pages.trouble_page(state, in_service=facts.in_service))
        query = state.situation.query if isinstance(state.situation, Choosing) else ""
        screen.home.show_items(query, pages.tiles(state, facts))
        screen.visit.show_page(shown(state, facts, screen.visit.page))
        self._wind(state.wakes_at, facts.now, counting=state.leave_at is not None)
        if screen.face is not None and facts.ready and state.language == state.first_language:
            screen.face.keep(screen.visit.page)
        early = screen.visit.take_early_touch()
        if early is not None:
            self._touched(*early)

    def _touched(self, name: str, value: str) -> None:
        self.runner.handle(Touched(name, value))

    def _handle(self, event: VisitEvent) -> None:
        self.runner.handle(event)

    def _time_passed(self) -> None:
        self.runner.handle(TimePassed())

    def _wind(self, wakes_at: float | None, now: float, *, counting: bool) -> None:
        """Set the alarm for the visit's next deadline, and count seconds while some are shown."""
        if wakes_at is None:
            self._alarm.stop()
        else:
            self._alarm.start(max(1, round((wakes_at - now) * 1000) + 1))
        if counting and not self._seconds.isActive():
            self._seconds.start()
        elif not counting:
            self._seconds.stop()


def _ignore(name: str, value: str) -> None:
    """A touch on a screen that is closing."""
