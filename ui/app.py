"""The screen: engine, singletons, translations, the clock of the visit, and the order of quitting.

Everything runs on the Qt thread except `Screen.post`, which any thread may call. Nothing here waits.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QTranslator, QUrl
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine, qmlRegisterSingletonInstance
from PySide6.QtQuick import QQuickWindow

import assets
from kiosk_app.visit.events import TimePassed, Touched, VisitEvent
from kiosk_app.visit.runner import VisitRunner
from kiosk_app.visit.state import Choosing
from ui import pages
from ui.icons import Icons
from ui.mailbox import Mailbox
from ui.situation import Shown, shown
from ui.views import (
    ConsentView,
    DoneView,
    HomeView,
    JobView,
    ReaderView,
    ReviewView,
    TroubleView,
    VisitView,
)

QML = Path(__file__).resolve().parent / "qml"
TRANSLATIONS = Path(__file__).resolve().parent / "i18n"
FAMILY = "Noto Sans SC"

MakeRunner = Callable[[Callable[[VisitEvent], None]], VisitRunner]


class Screen(QObject):
    """One window and the visit behind it."""

    def __init__(self, application: QGuiApplication, kiosk: str, make_runner: MakeRunner) -> None:
        super().__init__()
        self._application = application
        self._mailbox: Mailbox[VisitEvent] = Mailbox(self._handle)
        self.runner = make_runner(self._mailbox.put)
        self.runner.on_change(self._refresh)
        self._shown = Shown()
        self.visit = VisitView(self._act, kiosk)
        self.home = HomeView()
        self.consent = ConsentView(pages.ConsentPage())
        self.reader = ReaderView(pages.ReaderPage())
        self.review = ReviewView(pages.ReviewPage())
        self.job = JobView(pages.JobPage())
        self.done = DoneView(pages.DonePage())
        self.trouble = TroubleView(pages.TroublePage())
        self._translators = {language: _translator(language) for language in ("zh", "en")}
        self._language = ""
        self._alarm = QTimer(self, singleShot=True)
        self._alarm.timeout.connect(self._time_passed)
        self._seconds = QTimer(self, interval=250)
        self._seconds.timeout.connect(self._refresh)
        self.engine: QQmlApplicationEngine | None = None
        self.window: QQuickWindow | None = None

    def load(self, width: int, height: int, *, full_screen: bool) -> QQuickWindow:
        """Load the QML and show the window.

        Raises:
            RuntimeError: the QML does not load; Qt has printed why.
        """
        QFontDatabase.addApplicationFont(str(assets.SANS_REGULAR))
        self._application.setFont(QFont(FAMILY))
        for name, view in (
            ("Visit", self.visit),
            ("Home", self.home),
            ("Consent", self.consent),
            ("Reader", self.reader),
            ("Review", self.review),
            ("Job", self.job),
            ("Done", self.done),
            ("Trouble", self.trouble),
        ):
            qmlRegisterSingletonInstance(type(view), "Kiosk.Views", 1, 0, name, view)  # type: ignore[arg-type, call-overload]
        self._refresh()
        engine = QQmlApplicationEngine()
        engine.addImportPath(str(QML))
        engine.addImageProvider("icons", Icons())
        engine.load(QUrl.fromLocalFile(str(QML / "Kiosk" / "Main.qml")))
        roots = engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise RuntimeError("the screen's QML did not load")
        self.engine, self.window = engine, roots[0]
        self.window.resize(width, height)
        if full_screen:
            self.window.showFullScreen()
        else:
            self.window.show()
        return self.window

    def load_other_fonts(self) -> None:
        """Load what the first frame can do without: bold, and the faces for rare characters."""
        for face in (assets.SANS_BOLD, assets.RARE_A, assets.RARE_B):
            QFontDatabase.addApplicationFont(str(face))

    def close(self) -> None:
        """Stop hearing, then let the engine go before the objects it reads."""
        self._alarm.stop()
        self._seconds.stop()
        self.runner.stop()
        self._mailbox.close()
        if self.window is not None:
            self.window.close()
        if self.engine is not None:
            self.engine.deleteLater()
            self.engine = None
        self._application.processEvents()

    def post(self, event: VisitEvent) -> None:
        """Bring an event to the visit from any thread."""
        self._mailbox.put(event)

    def _act(self, name: str, value: str) -> None:
        self.runner.handle(Touched(name, value))

    def _handle(self, event: VisitEvent) -> None:
        self.runner.handle(event)

    def _time_passed(self) -> None:
        self.runner.handle(TimePassed())

    def _refresh(self) -> None:
        state, facts = self.runner.state, self.runner.facts()
        self._speak(state.language)
        self.reader.show_page(pages.reader_page(state, facts))
        self.consent.show_page(pages.consent_page(state))
        self.review.show_page(pages.review_page(state, facts))
        self.job.show_page(pages.job_page(state))
        self.done.show_page(pages.done_page(state))
        self.trouble.show_page(pages.trouble_page(state))
        query = state.situation.query if isinstance(state.situation, Choosing) else ""
        self.home.show_items(query, pages.tiles(state, facts))
        self._shown = shown(state, facts, self._shown)
        self.visit.show_page(self._shown)
        self._wind(state.wakes_at, facts.now, counting=state.leave_at is not None)

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

    def _speak(self, language: str) -> None:
        if language == self._language:
            return
        if self._language:
            self._application.removeTranslator(self._translators[self._language])
        self._application.installTranslator(self._translators[language])
        self._language = language
        if self.engine is not None:
            self.engine.retranslate()
            self.home.retranslate()


def _translator(language: str) -> QTranslator:
    translator = QTranslator()
    path = TRANSLATIONS / f"kiosk_{language}.qm"
    if not translator.load(str(path)):
        raise RuntimeError(f"{path.name} is missing: run the set-up, which makes it from the .ts file")
    return translator
