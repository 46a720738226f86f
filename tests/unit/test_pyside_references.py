"""The reference counts of `None` and `True` survive Qt: PySide6 6.12.0 lost one at each call and each emit.

On Python 3.11 those two can run out, and then the interpreter aborts in front of a citizen.
"""

import gc
import sys

from PySide6.QtCore import QObject, Signal, Slot

TIMES = 20_000
SLACK = TIMES // 4
"""What others in this process may hold or let go meanwhile; what is looked for is one at each call."""


class Bell(QObject):
    rung = Signal(bool)
    told = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.heard = 0

    @Slot(bool)
    def hear(self, loud: bool) -> None:
        self.heard += loud


def test_signals_leave_the_count_of_true_alone() -> None:
    bell = Bell()
    bell.rung.connect(bell.hear)
    gc.collect()  # of what earlier tests left, now and not in between
    before = sys.getrefcount(True)
    for _ in range(TIMES):
        bell.rung.emit(True)
        bell.told.emit()
    assert bell.heard == TIMES
    assert abs(sys.getrefcount(True) - before) < SLACK


def test_calls_that_answer_nothing_leave_the_count_of_none_alone() -> None:
    bell = Bell()
    gc.collect()  # of what earlier tests left, now and not in between
    before = sys.getrefcount(None)
    for _ in range(TIMES):
        bell.setObjectName("bell")
        bell.blockSignals(False)
        bell.hear(False)
    assert abs(sys.getrefcount(None) - before) < SLACK
