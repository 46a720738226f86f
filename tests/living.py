"""Whether a process still runs, asked once: one that ends between two questions is no error of the test's."""

import psutil


def alive(pid: int) -> bool:
    """Return whether a process runs; a zombie that nobody has asked after yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
