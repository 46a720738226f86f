"""``kiosk ui`` with fingers at its window that read nothing, so that all it remembers is its own.

One packet to its socket is the name of a thing to touch; the answer says whether it could be touched.
"""

import os
import socket
import sys
import threading
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow
from PySide6.QtTest import QTest

from kiosk_app.__main__ import main
from kiosk_app.entry.dev.fingers import CannotTouchError, Fingers


class Toucher(QObject):
    """Touches on the Qt thread what the listening thread hands over."""

    asked = Signal(str)

    def __init__(self, door: socket.socket) -> None:
        super().__init__()
        self._door = door
        self._line: socket.socket | None = None
        self._fingers: Fingers | None = None
        self.asked.connect(self._touch, Qt.ConnectionType.QueuedConnection)

    def listen(self) -> None:
        while True:
            self._line, _ = self._door.accept()
            while name := self._line.recv(256):
                self.asked.emit(name.decode())

    @Slot(str)
    def _touch(self, name: str) -> None:
        assert self._line is not None
        try:
            if self._fingers is None:
                shown = (one for one in QGuiApplication.topLevelWindows() if isinstance(one, QQuickWindow))
                self._fingers = Fingers(next(shown), QTest.createTouchDevice())
            self._fingers.touch(name)
        except (CannotTouchError, StopIteration):
            self._line.send(b"no")
        else:
            self._line.send(b"yes")


if __name__ == "__main__":
    path = Path(sys.argv[2])
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(str(path))
    listening.listen()
    toucher = Toucher(listening)
    threading.Thread(target=toucher.listen, daemon=True).start()
    sys.exit(main(["ui", "--config", sys.argv[1]]))
