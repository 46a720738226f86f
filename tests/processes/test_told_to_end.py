"""A process that was stopped and goes on waits on: nobody told it to end.

A suspended machine, a debugger or a virtual machine's pause stop processes for longer than their waits last.
"""

import os
import signal
import subprocess
import sys
import time

from tests.e2e.waiting import until

WAIT_S = 0.2
WAITS = f"""
import signal
from kiosk_app.entry.lifetime import told_to_end
ends = {{signal.SIGTERM}}
signal.pthread_sigmask(signal.SIG_BLOCK, ends)
waits = 0
print("waiting", flush=True)
while not told_to_end(ends, {WAIT_S}):
    waits += 1
print("told", flush=True)
"""


def test_going_on_after_a_stop_is_not_being_told_to_end() -> None:
    process = subprocess.Popen([sys.executable, "-c", WAITS], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    for _ in range(3):
        os.kill(process.pid, signal.SIGSTOP)
        over = time.monotonic() + 2 * WAIT_S
        until("its wait to be over", lambda over=over: time.monotonic() > over)  # type: ignore[misc] # bound now
        os.kill(process.pid, signal.SIGCONT)
        over = time.monotonic() + 2 * WAIT_S
        until("it to wait again", lambda over=over: time.monotonic() > over)  # type: ignore[misc] # bound now
        assert process.poll() is None
    process.terminate()
    assert process.communicate(timeout=30)[0] == "told\n"
