"""When this process began, for the one promise that counts from there: start to first frame.

Linux tells it in clock ticks since boot (`proc(5)`, field 22), which is exact to about 10 ms and
includes the interpreter's own start.
"""

import os
import time
from pathlib import Path


def seconds_since_process_start() -> float:
    """Return how long this process has lived, in seconds."""
    fields = Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()
    started_s = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started_s
