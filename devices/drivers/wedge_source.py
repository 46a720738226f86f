"""Where a scanner's key events come from: an input device taken for the product alone, or a FIFO of its records.

An input device is grabbed for as long as it is open, and one that cannot be is not read at all: what a
citizen scans would otherwise be typed into whatever form has the focus. A FIFO of the same records, which
a program that owns the device fills, reaches nobody else, so there is nothing to grab.
"""

import errno
import os
import re
import select
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

import evdev
from evdev.ecodes import KEY_1, KEY_ENTER

from devices.errors import Absent
from devices.hotplug import node_of

_SYSFS = Path("/sys/class/input")
_USB = re.compile(r"usb:([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(.+))?")
_NAME = "name:"
_BITS = 64
_CHUNK_BYTES = 4096


class Grabbable(Protocol):
    """What is needed of an input device to take it."""

    def grab(self) -> None: ...

    def close(self) -> None: ...


def find(device: str, sysfs: Path = _SYSFS) -> str:
    """Return the path of the input device that the configuration means.

    Raises:
        Absent: ``scanner.absent``, there is none; ``scanner.offline``, there are several, and they are not told apart.
    """
    if device.startswith("usb-path:"):
        return node_of(device, "input")
    wanted = _USB.fullmatch(device)
    if wanted is None and not device.startswith(_NAME):
        return device
    found = []
    for entry in sorted(sysfs.glob("event*/device")):
        try:
            ids = [(entry / "id" / name).read_text().strip() for name in ("vendor", "product")]
            unique, name = ((entry / name).read_text().strip() for name in ("uniq", "name"))
            keys = (entry / "capabilities" / "key").read_text()
        except OSError:  # unplugged while it was looked at
            continue
        if wanted is not None:
            vendor, product, serial = wanted.groups()
            fits = ids == [vendor.lower(), product.lower()] and serial in (None, unique)
        else:
            fits = fnmatchcase(name, device.removeprefix(_NAME))
        # A scanner may have further interfaces, for media keys or a mouse, that never type.
        if fits and _types(keys):
            found.append(f"/dev/input/{entry.parent.name}")
    match found:
        case []:
            raise Absent("scanner.absent", f"{device}: no such input device")
        case [path]:
            return path
        case _:
            raise Absent("scanner.offline", f"{device}: {len(found)} input devices; name one by its path")


def take(device: Grabbable, path: str) -> None:
    """Have the events of `device` come here only.

    Raises:
        Absent: ``scanner.offline``, that is refused; the device is closed.
    """
    try:
        device.grab()
    except OSError as error:
        device.close()
        why = "another program has it" if error.errno == errno.EBUSY else f"errno {error.errno}"
        raise Absent("scanner.offline", f"{path}: not to be had alone: {why}") from error


class EventSource:
    """An open source of input records. The caller reads, on one thread."""

    def __init__(self, path: str) -> None:
        """Open `path`.

        Raises:
            Absent: ``scanner.absent`` or ``scanner.offline``.
        """
        self._path = path
        self.name = ""
        self._device: evdev.InputDevice[str] | None = None
        try:
            if Path(path).is_fifo():
                self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            else:
                self._device = evdev.InputDevice(path, readonly=True)
                self._fd = self._device.fd
                self.name = self._device.name
        except OSError as error:
            if error.errno == errno.ENOTTY:
                raise Absent("scanner.offline", f"{path}: not an input device") from error
            raise self._gone(error.errno) from error
        if self._device is not None:
            take(self._device, path)
        self._ready = select.poll()
        self._ready.register(self._fd, select.POLLIN)

    def read(self, seconds: float) -> bytes:
        """Return what is there, waiting for it no longer than `seconds`; empty for nothing.

        Raises:
            Absent: the device was unplugged, or nobody fills the FIFO any more.
        """
        for _, events in self._ready.poll(seconds * 1000):
            if not events & select.POLLIN:
                raise self._gone(None)
            try:
                data = os.read(self._fd, _CHUNK_BYTES)
            except BlockingIOError:
                return b""
            except OSError as error:
                raise self._gone(error.errno) from error
            if not data:
                raise self._gone(None)
            return data
        return b""

    def close(self) -> None:
        """Let go of the device, which gives it back to everybody."""
        if self._device is not None:
            self._device.close()
        else:
            os.close(self._fd)

    def _gone(self, number: int | None) -> Absent:
        code = "scanner.offline" if Path(self._path).exists() else "scanner.absent"
        return Absent(code, f"{self._path}: {'hung up' if number is None else f'errno {number}'}")


def _types(keys: str) -> bool:
    """Whether a device with these key bits (words of hexadecimal, highest first) can type a code and end it."""
    words = keys.split()[::-1]

    def has(key: int) -> bool:
        word, bit = divmod(key, _BITS)
        return word < len(words) and bool(int(words[word], 16) >> bit & 1)

    return has(KEY_1) and has(KEY_ENTER)
