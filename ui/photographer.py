"""Pictures of the screen for those who look after the terminal, and only of the page that invites.

Central may ask for one at any time, so it is looked at here, on the screen's own thread and at the moment of the
picture, whether somebody is here. What a citizen sees never leaves this process.
"""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice

from kiosk_app.link.desk import CaseDesk, Screenshot, ScreenshotWanted
from kiosk_app.visit.runner import VisitRunner
from kiosk_app.visit.state import Idle
from ui.app import Screen
from ui.mailbox import Mailbox


class Photographer:
    """Answers questions for a picture."""

    def __init__(self, screen: Screen, runner: VisitRunner, desk: CaseDesk) -> None:
        self._screen = screen
        self._runner = runner
        self._desk = desk
        self._questions: Mailbox[ScreenshotWanted] = Mailbox(self._answer)

    def wanted(self, question: ScreenshotWanted) -> None:
        """Answer a question; may be called from any thread and returns at once."""
        self._questions.put(question)

    def close(self) -> None:
        """Answer nothing any more."""
        self._questions.close()

    def _answer(self, question: ScreenshotWanted) -> None:
        idle = isinstance(self._runner.state.situation, Idle)
        self._desk.screenshot(Screenshot(question.number, self._png() if idle else None))

    def _png(self) -> bytes:
        content = QByteArray()
        buffer = QBuffer(content)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._screen.window.grabWindow().save(buffer, "PNG")  # type: ignore[call-overload] # PySide's stub has str only
        return bytes(content.data())
