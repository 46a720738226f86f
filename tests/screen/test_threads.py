"""The bridge onto the Qt thread, and the references that Qt must not lose on the way.

PySide6 6.12.0 on Python 3.11 lost a reference to `True` with each emit; after some hundreds the
interpreter aborted in front of a citizen.
"""

import gc
import sys
import threading

from PySide6.QtCore import QObject, QTimer
from PySide6.QtQml import QQmlComponent
from pytestqt.qtbot import QtBot

from kiosk_app.link.desk import CentralSeen
from tests.screen.glass import Glass
from ui.mailbox import BATCH, Mailbox

TIMES = 20_000
EMITS = 4_000
"""Fewer, since each has the page bound anew; a lost reference each would still be seen."""
SLACK = EMITS // 4
"""What others in this process may hold or let go meanwhile; what is looked for is one at each call."""


def test_letters_from_many_threads_arrive_once_each_on_this_thread_in_their_order(qtbot: QtBot) -> None:
    heard: list[tuple[int, int]] = []
    threads: set[int] = set()

    def hear(letter: tuple[int, int]) -> None:
        threads.add(threading.get_ident())
        heard.append(letter)

    mailbox = Mailbox(hear)

    def write(who: int) -> None:
        for n in range(500):
            mailbox.put((who, n))

    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for writer in writers:
        writer.start()
    qtbot.waitUntil(lambda: len(heard) == 2000, timeout=20_000)
    for writer in writers:
        writer.join(10)
    assert threads == {threading.get_ident()}
    for who in range(4):
        assert [n for w, n in heard if w == who] == list(range(500))


def test_a_flood_of_letters_leaves_the_screen_a_turn_to_draw(qtbot: QtBot) -> None:
    heard: list[int] = []
    drawn_after: list[int] = []

    def hear(letter: int) -> None:
        if not heard:
            QTimer.singleShot(0, lambda: drawn_after.append(len(heard)))
        heard.append(letter)

    mailbox = Mailbox(hear)
    for n in range(20 * BATCH):
        mailbox.put(n)
    qtbot.waitUntil(lambda: len(heard) == 20 * BATCH and bool(drawn_after))
    assert heard == list(range(20 * BATCH))
    assert drawn_after[0] < 20 * BATCH


def test_a_closed_mailbox_drops_what_waits_and_takes_no_more(qtbot: QtBot) -> None:
    heard: list[str] = []
    mailbox = Mailbox(heard.append)
    mailbox.put("waits")
    mailbox.close()
    mailbox.put("late")
    qtbot.wait(20)
    assert heard == []


def test_a_device_s_thread_changes_the_screen_only_through_the_mailbox(glass: Glass) -> None:
    glass.go("home")
    thread = threading.Thread(target=lambda: glass.desk.say(CentralSeen(reachable=False, undelivered=1)))
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert not glass.fingers.sees("offline")
    glass.draw()
    assert glass.fingers.sees("offline")


def test_what_qml_asks_and_hears_leaves_none_and_true_as_they_were(glass: Glass) -> None:
    """The screen's own slots and properties, called from QML as its pages do."""
    source = b"""
        import QtQml
        import Kiosk.Views
        QtObject {
            property int heard: 0
            property Connections ear: Connections {
                target: Visit
                function onChanged() { heard += Visit.ready && Visit.online ? 1 : 0; }
            }
            property int times: 0
            onTimesChanged: {
                for (let n = 0; n < times; ++n) {
                    Visit.act("nothing", "");
                    Visit.words("card.lifted", "title");
                }
            }
        }
    """
    component = QQmlComponent(glass.engine)
    component.setData(source, "")
    holder = component.create()
    assert isinstance(holder, QObject), component.errorString()
    holder.setParent(glass.engine)
    touched: list[str] = []
    glass.screen.visit.hand_to(lambda name, value: touched.append(name + value))
    try:
        gc.collect()  # of what earlier tests left, now and not in between
        before = sys.getrefcount(None), sys.getrefcount(True)
        holder.setProperty("times", TIMES)
        for _ in range(EMITS):
            glass.screen.visit.changed.emit()
        after = sys.getrefcount(None), sys.getrefcount(True)
    finally:
        glass.screen.visit.hand_to(glass.presenter._touched)
    assert len(touched) == TIMES
    assert holder.property("heard") == EMITS
    assert abs(after[0] - before[0]) < SLACK
    assert abs(after[1] - before[1]) < SLACK
