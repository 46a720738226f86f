"""The terminal as it is shipped, with eyes and fingers at its window for the test that started it.

It runs the command ``kiosk ui`` itself and changes nothing in it, and keeps the other processes as
``kiosk terminal`` does; questions come in on standard input and answers go out on standard output, one
JSON object a line. It knows the window and nothing behind it: a test can see and touch what a citizen
can, and kill what a fault can. When the test goes, the terminal ends; when it is killed, all of it is.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

from kiosk_app.__main__ import main
from kiosk_app.base.settings import load_screen_settings
from kiosk_app.entry.dev.fingers import CannotTouchError, Fingers
from kiosk_app.entry.supervisor import SERVICES, Family


class Visitor(QObject):
    """Answers on the Qt thread what the reading thread hands over."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._fingers: Fingers | None = None
        self._window: QQuickWindow | None = None
        self.family: Family | None = None
        self.asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def listen(self) -> None:
        """Hand over every line of standard input, then end the terminal as its service manager would."""
        rest = b""
        while chunk := os.read(0, 65536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self.asked.emit(line.decode())
        os.kill(os.getpid(), signal.SIGTERM)

    @Slot(str)
    def _answer(self, line: str) -> None:
        question = json.loads(line)
        try:
            answer = {"ok": True, "answer": self._do(question["do"], question["value"])}
        except (CannotTouchError, OSError) as error:
            answer = {"ok": False, "error": str(error)}
        os.write(1, json.dumps(answer, ensure_ascii=False).encode() + b"\n")

    def _do(self, name: str, value: str) -> Any:
        window = self._window = self._window or _window()
        if window is None:
            raise CannotTouchError("there is no window yet")
        fingers = self._fingers = self._fingers or Fingers(window, QTest.createTouchDevice())
        match name:
            case "look":
                fingers.let_draw()
                return _seen(window)
            case "touch":
                return fingers.touch(value)
            case "tap":
                return fingers.touch_at(QPoint(window.width() // 2, window.height() // 2))
            case "picture":
                fingers.settle()
                return fingers.picture(Path(value))
            case "pid":
                return self.family.children[value].pid if self.family is not None else None
            case "everything":
                return _every_word(window.contentItem())
        raise CannotTouchError(f"nobody can {name} a screen")


def _window() -> QQuickWindow | None:
    shown = (window for window in QGuiApplication.topLevelWindows() if isinstance(window, QQuickWindow))
    return next(shown, None)


def _seen(window: QQuickWindow) -> dict[str, Any]:
    """What can be seen: the names of things, those that are dead to a touch, and the words with their things."""
    things: dict[str, list[str]] = {}
    dead: set[str] = set()
    words: list[str] = []

    def look(item: QQuickItem, around: tuple[str, ...], view: QRectF) -> None:
        if not item.isVisible() or item.opacity() == 0:
            return
        place = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
        if item.clip():
            view = view.intersected(place)
        name = item.objectName()
        if name and not view.intersected(place).isEmpty():
            around = (*around, name)
            things.setdefault(name, [])
            if item.property("active") is False or not item.isEnabled():
                dead.add(name)
        if item.inherits("QQuickText") and item.property("text") and view.intersects(place):
            words.append(item.property("text"))
            for one in around:
                things[one].append(item.property("text"))
        for child in item.childItems():
            look(child, around, view)

    top = window.contentItem()
    look(top, (), QRectF(QPointF(0, 0), top.size()))
    return {"things": things, "dead": sorted(dead), "words": words}


def _every_word(item: QQuickItem) -> list[str]:
    """Every text in the tree, whether it can be seen or not, with what a screen reader would say."""
    found = [item.property("text")] if isinstance(item.property("text"), str) else []
    for child in item.childItems():
        found += _every_word(child)
    return found


if __name__ == "__main__":
    visitor = Visitor()
    threading.Thread(target=visitor.listen, daemon=True).start()
    configuration = Path(sys.argv[1])
    visitor.family = Family(load_screen_settings(configuration).kiosk.state_dir, configuration, SERVICES)
    visitor.family.start()
    status = main(["ui", "--config", str(configuration)])
    visitor.family.stop()
    sys.exit(status)
