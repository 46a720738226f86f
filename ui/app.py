"""The screen: window, singletons, translations and fonts; what is drawn before anything else is there.

It imports neither the visit nor anything below it, so that a machine that was just switched on shows
its first frame at once. `ui.presenter` brings it to life.
"""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, QResource, QUrl
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine, qmlRegisterSingletonInstance
from PySide6.QtQuick import QQuickWindow

import assets
from ui.face import Face
from ui.icons import Icons
from ui.page_values import ConsentPage, DonePage, JobPage, ReaderPage, ReviewPage, ScannerPage, Shown, TroublePage
from ui.page_views import (
    ConsentView,
    DoneView,
    HomeView,
    JobView,
    ReaderView,
    ReviewView,
    ScannerView,
    TroubleView,
)
from ui.visit_view import VisitView

QML = Path(__file__).resolve().parent / "qml"
TEXTS = Path(__file__).resolve().parent / "i18n" / "texts.rcc"
"""The texts of all languages, as the set-up compiles them; held in memory, so that no switch opens a file."""
_BEGIN = QUrl("qrc:/texts/Begin.qml")
"""What the engine is told it loads: it looks for the texts in the folder ``i18n`` beside it."""
FAMILY = "Noto Sans SC"
TREMOR_PX = 28
"""How far a finger may wander and still touch what lies in a list: some 7 mm on a screen of 21 inches. Qt's own 10
are 2.5 mm, which a trembling hand does not keep."""


class Screen(QObject):
    """One window with the views that its QML reads."""

    def __init__(
        self, application: QGuiApplication, kiosk: str, language: str, *, state_dir: Path | None = None
    ) -> None:
        """Make the views. `state_dir` is where the idle page's last looks are kept; None keeps none."""
        super().__init__()
        self._application = application
        self.face = Face(state_dir / "ui" / "face.json") if state_dir is not None else None
        self.visit = VisitView(kiosk, self.face.seen(language) if self.face is not None else Shown(language=language))
        self.home = HomeView()
        self.consent = ConsentView(ConsentPage())
        self.reader = ReaderView(ReaderPage())
        self.scanner = ScannerView(ScannerPage())
        self.review = ReviewView(ReviewPage())
        self.job = JobView(JobPage())
        self.done = DoneView(DonePage())
        self.trouble = TroubleView(TroublePage())
        self._language = language
        self._engine: QQmlApplicationEngine | None = None
        self._window: QQuickWindow | None = None

    @property
    def window(self) -> QQuickWindow:
        """The window.

        Raises:
            RuntimeError: nothing was loaded yet.
        """
        if self._window is None:
            raise RuntimeError("the screen was not loaded")
        return self._window

    def load(self, width: int, height: int, *, full_screen: bool) -> QQuickWindow:
        """Load the QML and show the window.

        Raises:
            RuntimeError: the QML does not load; Qt has printed why.
        """
        for face in (assets.SANS_REGULAR, assets.SANS_BOLD):
            QFontDatabase.addApplicationFont(str(face))
        self._application.setFont(QFont(FAMILY))
        self._application.styleHints().setStartDragDistance(TREMOR_PX)
        for name, view in (
            ("Visit", self.visit),
            ("Home", self.home),
            ("Consent", self.consent),
            ("Reader", self.reader),
            ("Scanner", self.scanner),
            ("Review", self.review),
            ("Job", self.job),
            ("Done", self.done),
            ("Trouble", self.trouble),
        ):
            qmlRegisterSingletonInstance(type(view), "Kiosk.Views", 1, 0, name, view)  # type: ignore[arg-type] # PySide6's stub wants bytes
        hold_texts()
        engine = QQmlApplicationEngine()
        engine.setUiLanguage(self._language)
        engine.addImportPath(str(QML))
        engine.addImageProvider("icons", Icons())
        engine.loadData(b"import Kiosk\nMain {}\n", _BEGIN)
        roots = engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise RuntimeError("the screen's QML did not load")
        self._engine, self._window = engine, roots[0]
        self._window.resize(width, height)
        if full_screen:
            self._window.showFullScreen()
        else:
            self._window.show()
        return self._window

    def load_other_fonts(self) -> None:
        """Load what the first frame can do without: the faces for rare characters."""
        for face in (assets.RARE_A, assets.RARE_B):
            QFontDatabase.addApplicationFont(str(face))

    def speak(self, language: str) -> None:
        """Show every text in `language`, at once."""
        if language == self._language:
            return
        self._language = language
        if self._engine is not None:
            # The engine's own translator, from memory: one made in Python is asked by way of Python for each text, and
            # was seen to know none for a moment, so that a button kept its text's name.
            self._engine.setUiLanguage(language)
            for view in (self.home, self.reader, self.scanner, self.review, self.job, self.done, self.trouble):
                view.retranslate()

    def close(self) -> None:
        """Let the engine go before the objects it reads."""
        if self._window is not None:
            self._window.close()
        if self._engine is not None:
            self._engine.deleteLater()
            self._engine = None
        self._application.processEvents()


@cache
def hold_texts() -> bytes:
    """Read the texts of all languages into memory, once for the process: Qt's registry points into these bytes.

    Raises:
        RuntimeError: the set-up did not make them.
    """
    if not TEXTS.exists():
        raise RuntimeError(f"{TEXTS.name} is missing: run the set-up, which makes it")
    texts = TEXTS.read_bytes()
    QResource.registerResourceData(texts)
    return texts
