"""A code scanner that plays a keyboard, behind a FIFO of the kernel's input records, and misbehaves on command.

It reads by itself: a code that stays before its window is typed again and again. Where the reader does not
keep up, records are dropped and that is said, as the kernel does. Any thread may command it.
"""

import os
import struct
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from evdev.ecodes import EV_KEY, EV_MSC, EV_SYN, MSC_SCAN, SYN_DROPPED, SYN_REPORT

from devices.drivers.wedge_keymap import AltCodes, LayoutName
from devices.sim.wedge_typist import Stroke, Typist

AGAIN_S = 0.2
AGAIN_WITHOUT_SUFFIX_S = 0.5
"""Between two readings of a code that stays before the window."""
_JOIN_S = 2.0
_PATIENCE_S = 20.0
_RECORD = struct.Struct("@llHHi")


class WedgeFifo:
    """The scanner. A context manager: plugged in on entry, gone on exit."""

    def __init__(
        self,
        path: Path,
        layout: LayoutName = "us",
        suffix: str = "enter",
        alt_codes: AltCodes = "unicode",
        seed: int = 0,
    ) -> None:
        self._path = path
        self._typist = Typist(layout, alt_codes, seed)
        self._suffix = suffix
        self._again_s = AGAIN_WITHOUT_SUFFIX_S if suffix == "none" else AGAIN_S
        self._changed = threading.Condition()
        self._plugging = threading.Lock()
        self._fifo: int | None = None
        self._thread: threading.Thread | None = None
        self._held: list[Stroke] = []
        self._once: list[list[Stroke]] = []
        self._typed = 0
        self._stopped = False
        self._pause_s: float | None = None
        self._dropped = False

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.unplug()

    @property
    def plugged(self) -> bool:
        return self._fifo is not None

    def plug(self) -> None:
        """Appear. Does nothing when plugged in."""
        with self._plugging:
            if self._fifo is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                os.mkfifo(self._path)
                # For both, so that it neither waits for a reader nor ends with one.
                self._fifo = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
                self._stopped = False
                self._thread = threading.Thread(
                    target=self._serve, args=(self._fifo,), name="scanner-keys", daemon=True
                )
                self._thread.start()

    def unplug(self) -> None:
        """Vanish, in mid-code too. Does nothing when unplugged."""
        with self._plugging:
            fifo, self._fifo = self._fifo, None
            if fifo is None or self._thread is None:
                return
            with self._changed:
                self._stopped = True
                self._once.clear()
                self._changed.notify_all()
            self._thread.join(_JOIN_S)
            self._path.unlink(missing_ok=True)
            os.close(fifo)

    def scan(self, text: str) -> None:
        """Read a code once, and return when its last key is up.

        Raises:
            TimeoutError: the scanner has no power.
        """
        if not self.plugged:
            raise TimeoutError("the scanner has no power")
        self.type([*self._typist.text(text), *self._typist.end(self._suffix)])

    def hold(self, text: str) -> None:
        """Have somebody hold a code before the window; it is read again and again until it is taken away."""
        with self._changed:
            self._held = [*self._typist.text(text), *self._typist.end(self._suffix)]
            self._changed.notify_all()

    def take_away(self) -> None:
        """Hold nothing before the window any more."""
        with self._changed:
            self._held = []

    def type(self, strokes: Iterable[Stroke]) -> None:
        """Press these keys, and return when the last one was written."""
        with self._changed:
            goal = self._typed + len(self._once) + 1
            self._once.append(list(strokes))
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: self._typed >= goal or self._stopped, _PATIENCE_S):
                raise TimeoutError("the scanner did not type its code")

    def lose(self) -> None:
        """Drop records, as the kernel does when its own buffer is full, and say so."""
        with self._changed:
            self._dropped = True

    def split(self, pause_s: float | None) -> None:
        """Hand records over byte by byte with a pause after each; None hands them over as usual."""
        self._pause_s = pause_s

    def _serve(self, fifo: int) -> None:
        while (strokes := self._next()) is not None:
            keys, once = strokes
            for code, value in keys:
                if self._ended():
                    return
                self._write(fifo, code, value)
            with self._changed:
                if once and self._once:
                    self._once.pop(0)
                    self._typed += 1
                self._changed.notify_all()
                if not once:
                    self._changed.wait_for(lambda: bool(self._stopped or self._once or not self._held), self._again_s)

    def _next(self) -> tuple[list[Stroke], bool] | None:
        """Wait for something to type, and whether it is to be typed once; None when unplugged."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._stopped or self._once or self._held))
            if self._stopped:
                return None
            return (self._once[0], True) if self._once else (self._held, False)

    def _ended(self) -> bool:
        with self._changed:
            return self._stopped

    def _write(self, fifo: int, code: int, value: int) -> None:
        events = [(EV_MSC, MSC_SCAN, 0x70000 + code), (EV_KEY, code, value), (EV_SYN, SYN_REPORT, 0)]
        if self._dropped:
            events = [(EV_SYN, SYN_DROPPED, 0), *events]
        seconds, rest = divmod(time.time(), 1)
        data = b"".join(_RECORD.pack(int(seconds), int(rest * 1_000_000), *event) for event in events)
        try:
            if self._pause_s is None:
                os.write(fifo, data)
            else:
                for byte in data:
                    os.write(fifo, bytes([byte]))
                    with self._changed:
                        self._changed.wait_for(lambda: self._stopped, self._pause_s)
            self._dropped = False
        except BlockingIOError:
            self._dropped = True
