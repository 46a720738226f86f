"""The bench panel's process: a window that plays the hardware through the bench's socket.

It holds no simulator and no product code but the look of nothing: buttons send deeds, and twice a
second the panel asks what the bench looks like. The asking happens off the Qt thread.
"""

import argparse
import queue
import sys
import threading
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property, QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine, qmlRegisterSingletonInstance

import assets
from kiosk_app.entry.dev.bench import BenchError
from kiosk_app.entry.dev.bench_link import BenchClient
from kiosk_app.entry.terminal import prepare_process

QML = Path(__file__).resolve().parent / "qml" / "BenchPanel.qml"
ASK_EVERY_S = 0.5


class BenchView(QObject):
    """What the panel shows, and the one way to act."""

    changed = Signal()
    answered = Signal(dict)

    def __init__(self, socket: Path) -> None:
        super().__init__()
        self._state: dict[str, Any] = {}
        self._people: list[dict[str, str]] = []
        self._person = ""
        self._said = ""
        self._failed = False
        self._deeds: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self.answered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._worker = threading.Thread(target=self._work, args=(socket,), name="bench-client", daemon=True)
        self._worker.start()

    @Slot(str, str)
    def act(self, deed: str, value: str) -> None:
        """Have the bench do something."""
        self._deeds.put((deed, value))

    @Slot(str)
    def choose(self, person: str) -> None:
        """Choose whose card the next one is."""
        self._person = person
        self.changed.emit()

    def close(self) -> None:
        """End the worker."""
        self._deeds.put(None)
        self._worker.join(2)

    def _work(self, socket: Path) -> None:
        try:
            client = BenchClient(socket)
            self.answered.emit({"people": client.do("people"), "state": client.do("state")})
            while True:
                try:
                    deed = self._deeds.get(timeout=ASK_EVERY_S)
                except queue.Empty:
                    self.answered.emit({"state": client.do("state")})
                    continue
                if deed is None:
                    return
                self.answered.emit(_done(client, *deed) | {"state": client.do("state")})
        except (OSError, BenchError, ValueError):
            self.answered.emit({"said": "the bench is gone", "failed": True})

    @Slot(dict)
    def _take(self, answer: dict[str, Any]) -> None:
        before = (self._state, self._people, self._said, self._failed)
        self._state = answer.get("state", self._state)
        if "people" in answer:
            self._people = [
                {"id": who["id"], "name": who["name"], "note": f"{who['note']['zh']} · {who['note']['en']}"}
                for who in answer["people"]
            ]
            self._person = self._people[0]["id"]
        self._said, self._failed = answer.get("said", self._said), answer.get("failed", self._failed)
        if before != (self._state, self._people, self._said, self._failed):
            self.changed.emit()

    @Property(list, notify=changed)
    def people(self) -> list[dict[str, str]]:
        return self._people

    @Property(str, notify=changed)
    def person(self) -> str:
        return self._person

    @Property(str, notify=changed)
    def card(self) -> str:
        return str(self._state.get("card", ""))

    @Property(bool, notify=changed)
    def reader(self) -> bool:
        return bool(self._state.get("reader"))

    @Property(bool, notify=changed)
    def scanner(self) -> bool:
        return bool(self._state.get("scanner"))

    @Property(bool, notify=changed)
    def printer(self) -> bool:
        return bool(self._state.get("printer"))

    @Property(bool, notify=changed)
    def paper(self) -> bool:
        return bool(self._state.get("paper"))

    @Property(bool, notify=changed)
    def jammed(self) -> bool:
        return bool(self._state.get("jammed"))

    @Property(bool, notify=changed)
    def network(self) -> bool:
        return bool(self._state.get("network"))

    @Property(bool, notify=changed)
    def central(self) -> bool:
        return bool(self._state.get("central"))

    @Property(int, notify=changed)
    def sheets(self) -> int:
        return int(self._state.get("sheets", 0))

    @Property(bool, notify=changed)
    def chip(self) -> bool:
        return bool(self._state.get("chip"))

    @Property(bool, notify=changed)
    def chipCard(self) -> bool:  # noqa: N802 - a QML property
        return bool(self._state.get("chip_card"))

    @Property(bool, notify=changed)
    def camera(self) -> bool:
        return bool(self._state.get("camera"))

    @Property(str, notify=changed)
    def page(self) -> str:
        return str(self._state.get("page", ""))

    @Property(str, notify=changed)
    def said(self) -> str:
        return self._said

    @Property(bool, notify=changed)
    def failed(self) -> bool:
        return self._failed


def _done(client: BenchClient, deed: str, value: str) -> dict[str, Any]:
    try:
        client.do(deed, value)
    except BenchError as error:
        return {"said": str(error), "failed": True}
    return {"said": f"{deed} {value}".strip(), "failed": False}


def main() -> int:
    """Show the panel until it is closed."""
    parser = argparse.ArgumentParser(prog="panel")
    parser.add_argument("--bench", type=Path, required=True, help="the bench's socket")
    options = parser.parse_args()
    prepare_process()
    application = QGuiApplication(["bench"])
    QFontDatabase.addApplicationFont(str(assets.SANS_REGULAR))
    view = BenchView(options.bench)
    qmlRegisterSingletonInstance(BenchView, "Kiosk.Bench", 1, 0, "Bench", view)  # type: ignore[arg-type] # PySide6's stub wants bytes
    engine = QQmlApplicationEngine()
    engine.load(QUrl.fromLocalFile(str(QML)))
    if not engine.rootObjects():
        return 1
    try:
        return application.exec()
    finally:
        view.close()


if __name__ == "__main__":
    sys.exit(main())
