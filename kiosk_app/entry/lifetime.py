"""A child process that never outlives its parent, and how this program starts another of its processes.

The kernel ends the child when the parent's thread that started it ends, however it ends (prctl(2),
PR_SET_PDEATHSIG); a parent that was gone before the child could ask is noticed. Under a service manager no
process has a parent of ours, and this is not used.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
RENEWED_STATUS = 75
"""The exit status that says: all is well, start me again at once (EX_TEMPFAIL of sysexits.h)."""
PARENT = "KIOSK_PARENT"
"""The variable that tells a child which process it belongs to."""


def own_command(*words: str) -> list[str]:
    """Return how to start this program with other words, from a checkout or from the frozen release."""
    return [sys.executable, *words] if getattr(sys, "frozen", False) else [sys.executable, "-m", "kiosk_app", *words]


def end_with_parent() -> bool:
    """Tie this process to the one that started it, if that asked for it; False when it is gone already."""
    parent = os.environ.pop(PARENT, "")
    if not parent:
        return True
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == int(parent)


def told_to_end(ends: set[signal.Signals], within_s: float) -> bool:
    """Wait for one of the signals in `ends`, which every thread has blocked; False when none came in time."""
    heard = signal.sigtimedwait(ends, within_s)
    # CPython 3.11 fills in a signal that nobody sent when a wait was interrupted beyond its end, as a process is that
    # was stopped and goes on (Modules/signalmodule.c).
    return heard is not None and heard.si_signo in ends
