"""The least that a QML program can be: the baseline for starting and for memory.

Prints seconds from its process's start to its first frame, then its resident memory, and ends.
"""

import sys

import psutil
import PySide6.QtQuick  # noqa: F401 - without it the root window is no QQuickWindow
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine

from kiosk_app.entry.startup import seconds_since_process_start

QML = b"""
import QtQuick
import QtQuick.Window
Window { visible: true; width: 1080; height: 1920; Text { anchors.centerIn: parent; text: "Hello" } }
"""


def main() -> int:
    """Draw one frame."""
    application = QGuiApplication([])
    engine = QQmlApplicationEngine()
    engine.loadData(QML)
    window = engine.rootObjects()[0]

    def drawn() -> None:
        print(seconds_since_process_start(), psutil.Process().memory_info().rss, flush=True)
        application.quit()

    window.frameSwapped.connect(drawn)  # type: ignore[attr-defined] # the stub knows only QObject
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
