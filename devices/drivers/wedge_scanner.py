"""Code scanner that plays a keyboard: its keys are taken before anything else hears them, and made into codes.

The device is grabbed from `open` to `close`, also while nobody waits for a code, so that a scan never types
into a form. What is typed while nobody asks is read and forgotten at once. It cannot be told to be dark,
and what it types depends on the layout that it was set to. Keeps no code and logs none.
"""

import time
from collections.abc import Callable

from contract.fault import Fault
from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.scan_codec import Babble, CodeStream, Heard, Suffix, Unreadable
from devices.drivers.wedge_events import LOST, RECORD, Records
from devices.drivers.wedge_source import EventSource, find
from devices.errors import Absent, Garbled
from devices.registry import WedgeScannerSettings
from devices.values import Code, DeviceInfo, DeviceState, DeviceStatus

_SLICE_S = 0.02
"""How long one read may block: the bound on how late a withdrawal is noticed."""
_GAP_S = 0.25
"""A keyboard that was quiet for so long has typed the whole code: scanners pause up to 80 ms between keys."""
_FRESH_S = 0.1
_CALM_S = 0.1
_MOST_DRAINED = 256
"""Reads of what nobody asked for, in one go: more than the kernel keeps for a device."""
_EVENTS_PER_CHARACTER = 4
"""Key down, key up, and a report of each."""
_SUFFIXES: dict[str, Suffix] = {"auto": "auto", "enter": "cr", "tab": "tab", "none": "none"}


class WedgeScanner:
    """One scanner."""

    def __init__(self, settings: WedgeScannerSettings) -> None:
        self._settings = settings
        self._source: EventSource | None = None
        self._records = Records(settings.layout, settings.alt_codes)
        self._model = ""
        self._babbles = False

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        model = self._model or "keyboard scanner"
        return DeviceInfo(
            DeviceId(settings.id), settings.kind, settings.driver, model, capabilities={"triggered": False}
        )

    def open(self) -> None:
        self.close()
        source = self._source = EventSource(find(self._settings.device))
        self._model = source.name
        self._records = Records(self._settings.layout, self._settings.alt_codes)
        self._look(source)

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None

    def probe(self) -> DeviceStatus:
        self._look(self._opened())
        return DeviceStatus(DeviceState.ONLINE)

    def scan(self, until: Deadline, say: Callable[[Code | Fault], None]) -> None:
        source = self._opened()
        self._look(source)
        codes = CodeStream(_SUFFIXES[self._settings.suffix], time.monotonic(), _GAP_S, _FRESH_S)
        babble = Babble()
        while not until.passed:
            until.check()
            data = self._read(source, _SLICE_S)
            babble.read(-(-len(data) // (RECORD.size * _EVENTS_PER_CHARACTER)))
            for one in self._take(data, codes, time.monotonic()):
                babble.heard()
                if babble.goes_on:
                    break
                until.check()
                say(Fault.of("code.unreadable", one.why) if isinstance(one, Unreadable) else one)
            if babble.goes_on:
                self._babbles = True
                raise Garbled("scanner.offline", "types without end")

    def _take(self, data: bytes, codes: CodeStream, now: float) -> list[Heard]:
        """Make what was read into codes. Keys that type nothing are no pause."""
        if not data:
            return codes.feed(b"", now)
        codes.stir(now)
        heard: list[Heard] = []
        for piece in self._records.feed(data):
            heard += codes.lose(now) if piece == LOST else codes.feed(piece, now)
        return heard

    def _look(self, source: EventSource) -> None:
        """Read away what nobody asked for, but follow its keys: shift may still be down when somebody asks.

        Raises:
            Absent: the device is gone.
            Garbled: ``scanner.offline``, it still types without end.
        """
        for _ in range(_MOST_DRAINED):
            data = self._read(source, 0)
            if not data:
                break
            self._records.feed(data)
        if not self._babbles:
            return
        calm = Deadline(_CALM_S)
        while not calm.passed:
            if self._read(source, _SLICE_S):
                raise Garbled("scanner.offline", "types without end")
        self._babbles = False

    def _read(self, source: EventSource, seconds: float) -> bytes:
        try:
            return source.read(seconds)
        except Absent:
            self.close()
            raise

    def _opened(self) -> EventSource:
        if self._source is None:
            raise Absent("scanner.offline", "not open")
        return self._source
