"""Udev's messages as udev sends them, said in a network namespace of our own where nobody else hears them.

Run as a program under ``unshare --user --map-root-user --net --mount`` it starts the watch and says a burst,
then one more; each line of its output is a thing that was heard.
"""

import os
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

from devices.drivers.udev_watch import UdevWatch

_NETLINK_KOBJECT_UEVENT, _GROUP_UDEV = 15, 2
_MAGIC, _HEAD_BYTES = 0xFEEDCAFE, 40
PATIENCE_S = 20.0


def _hash(data: bytes) -> int:
    """MurmurHash2, by which udev lets the kernel filter on the subsystem's name."""
    mix, rest = 0x5BD1E995, len(data) & ~3
    value = len(data)
    for at in range(0, rest, 4):
        word = int.from_bytes(data[at : at + 4], "little") * mix & 0xFFFFFFFF
        value = (value * mix ^ (word ^ word >> 24) * mix) & 0xFFFFFFFF
    if tail := data[rest:]:
        value = (value ^ int.from_bytes(tail, "little")) * mix & 0xFFFFFFFF
    value = (value ^ value >> 13) * mix & 0xFFFFFFFF
    return value ^ value >> 15


def message(action: str, subsystem: str) -> bytes:
    """What udev sends once it is done with an event."""
    told = {"ACTION": action, "DEVPATH": f"/devices/virtual/{subsystem}/x", "SUBSYSTEM": subsystem, "SEQNUM": "1"}
    body = b"".join(f"{name}={value}\0".encode() for name, value in told.items())
    head = b"libudev\0" + struct.pack(">I", _MAGIC) + struct.pack("=III", _HEAD_BYTES, _HEAD_BYTES, len(body))
    return head + struct.pack(">IIII", _hash(subsystem.encode()), 0, 0, 0) + body


def say(action: str, subsystem: str) -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_KOBJECT_UEVENT) as line:
        line.bind((0, 0))
        line.sendto(message(action, subsystem), (0, _GROUP_UDEV))


def _have_udev() -> None:
    """Have a /run as where udev runs: libudev itself looks there, and hears nothing where its socket is missing."""
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    Path("/run/udev").mkdir()
    Path("/run/udev/control").touch()


def _main() -> None:
    rung = threading.Semaphore(0)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the count is all that matters
    _have_udev()
    watch = UdevWatch()

    def note(word: str) -> None:
        sys.stdout.write(word + "\n")
        sys.stdout.flush()

    note(f"started {watch.start(rung.release)}")
    say("add", "block")
    for _ in range(12):
        say("add", "tty")
    note(f"burst {rung.acquire(timeout=PATIENCE_S)}")
    say("remove", "tty")
    note(f"again {rung.acquire(timeout=PATIENCE_S)}")
    watch.close()
    watch.close()
    note(f"more {rung.acquire(blocking=False)}")
    say("add", "tty")
    note(f"threads {threading.active_count()}")
    note(f"left {len(os.listdir('/proc/self/fd')) - before}")  # noqa: PTH208 - as above


if __name__ == "__main__":
    _main()
