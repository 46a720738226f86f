"""Code scanner on a serial line: listens while it is asked to, and throws away what comes at other times.

Of a known family it is triggered for as long as somebody waits, made dark again however the waiting ends,
and missed when it does not answer. One that is not talked with reads by itself; then nobody can tell on a
bare RS-232 line whether a scanner is at its end. Keeps no code and logs none.
"""

import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import serial

from contract.fault import Fault
from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.scan_codec import Babble, Unreadable
from devices.drivers.scanner_families import family_of
from devices.drivers.scanner_talk import ANSWER_S, TRIES, Answer, Ask, Conversation, Family, Prompting, Verdict
from devices.errors import Absent, DeviceError, Garbled, Silent
from devices.hotplug import node_of
from devices.registry import SerialScannerSettings
from devices.values import Capability, Code, DeviceInfo, DeviceState, DeviceStatus

_SLICE_S = 0.02
"""How long one read may block: the bound on how late a withdrawal is noticed, and half the shortest gap."""
_WRITE_S = 1.0
_ASKING_S = 4.0
"""The longest code there is, at 9600 baud, and the answer that waits behind it."""
_CALM_S = 0.1
"""A scanner that sent without end is trusted again after so much quiet."""
_SETTLE_S = 0.5


class SerialScanner:
    """One scanner."""

    def __init__(self, settings: SerialScannerSettings) -> None:
        self._settings = settings
        self._family = family_of(settings.family)
        self._port: serial.Serial | None = None
        self._obeyed: dict[str, bool] = {}
        self._babbles = False
        self._ignores_triggers = False

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        capabilities: dict[str, Capability] = {"triggered": self._family is not None}
        if "identifiers" in self._obeyed:
            capabilities["identifiers"] = self._obeyed["identifiers"]
        model = "serial scanner" if self._family is None else f"serial scanner ({settings.family})"
        return DeviceInfo(DeviceId(settings.id), settings.kind, settings.driver, model, capabilities=capabilities)

    def open(self) -> None:
        self.close()
        with self._reaching():
            # Constructed without a port, so that nothing is open before everything is set.
            port = serial.Serial(baudrate=self._settings.baud, timeout=_SLICE_S, write_timeout=_WRITE_S, exclusive=True)
            port.port = node_of(self._settings.port, "tty")
            port.open()
            self._port = port
            try:
                self._await_calm(port)
                if self._family is not None:
                    self._prepare(port, self._family)
            except DeviceError:
                self.close()
                raise

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    def probe(self) -> DeviceStatus:
        with self._reaching():
            port = self._opened()
            _ = port.in_waiting  # asks the line itself, which a pulled plug fails
            self._await_calm(port)
            if self._family is not None:
                self._prove(port, self._family)
        return DeviceStatus(DeviceState.ONLINE)

    def scan(self, until: Deadline, say: Callable[[Code | Fault], None]) -> None:
        with self._reaching():
            port = self._opened()
            port.reset_input_buffer()
            if self._family is None:
                self._listen(port, until, say)
                return
            try:
                self._listen(port, until, say)
            finally:
                self._darken(port, self._family)  # however the waiting ended

    def _listen(self, port: serial.Serial, until: Deadline, say: Callable[[Code | Fault], None]) -> None:
        talk = Conversation(self._family, self._settings.suffix, time.monotonic())
        prompting = Prompting(time.monotonic())
        babble = Babble()
        while not until.passed:
            until.check()
            data = port.read(max(1, port.in_waiting))
            now = time.monotonic()
            babble.read(len(data))
            for heard in talk.feed(data, now):
                if isinstance(heard, Answer):
                    prompting.answered(heard, now)
                    continue
                babble.heard()
                if babble.goes_on:
                    break
                until.check()
                say(Fault.of("code.unreadable", heard.why) if isinstance(heard, Unreadable) else heard)
            if babble.goes_on:
                self._babbles = True
                raise Garbled("scanner.offline", "sends without end")
            if self._family is None:
                continue
            if talk.code_came:
                prompting.code_came(now)
            if not data and talk.fresh:
                self._prompt(port, self._family, prompting, now)

    def _prompt(self, port: serial.Serial, family: Family, prompting: Prompting, now: float) -> None:
        try:
            due = prompting.due(now)
        except Silent:
            # It may still answer questions: from now on it has to prove that it can be triggered.
            self._ignores_triggers = True
            raise
        if due:
            port.write(family.trigger.data)
            prompting.sent(now)

    def _darken(self, port: serial.Serial, family: Family) -> None:
        """Switch the light off. What goes wrong here is found by the next look at the device."""
        with suppress(OSError, termios.error, DeviceError):
            if self._babbles or self._ignores_triggers:
                port.write(family.stop.data)  # no answer would be heard
            else:
                self._ask(port, family.stop)

    def _prepare(self, port: serial.Serial, family: Family) -> None:
        """Make the scanner dark, whatever an earlier process left it doing, and set it up."""
        self._prove(port, family)
        self._ask(port, family.stop)
        asking = family.prepare()
        with suppress(StopIteration):
            ask = next(asking)
            while True:
                answer = self._ask(port, ask)
                self._obeyed[ask.name] = answer.verdict is Verdict.ACCEPTED
                ask = asking.send(answer)

    def _prove(self, port: serial.Serial, family: Family) -> None:
        """Have the scanner show that it is there."""
        if not self._ignores_triggers:
            self._ask(port, family.query)
            return
        self._ask(port, family.trigger)
        self._ignores_triggers = False
        self._ask(port, family.stop)

    def _ask(self, port: serial.Serial, ask: Ask) -> Answer:
        """Send a command and return its answer. Codes that come meanwhile were asked for by nobody.

        Raises:
            Silent: ``scanner.offline``, there was no answer.
        """
        for _ in range(TRIES):
            self._settle(port)
            talk = Conversation(self._family, self._settings.suffix, time.monotonic())
            port.write(ask.data)
            limit, silent_at = Deadline(_ASKING_S), time.monotonic() + ANSWER_S
            while not limit.passed and time.monotonic() < silent_at:
                data = port.read(max(1, port.in_waiting))
                if data:
                    silent_at = time.monotonic() + ANSWER_S
                for heard in talk.feed(data, time.monotonic()):
                    if isinstance(heard, Answer):
                        return heard
        raise Silent("scanner.offline", f"{ask.name}: {TRIES} times no answer")

    def _settle(self, port: serial.Serial) -> None:
        """Let an answer that comes late go by, so that it is not taken for the next one."""
        limit = Deadline(_SETTLE_S)
        while not limit.passed and port.read(max(1, port.in_waiting)):
            pass

    def _await_calm(self, port: serial.Serial) -> None:
        """Believe a scanner that sent without end only when it is quiet again.

        Raises:
            Garbled: ``scanner.offline``, it still sends.
        """
        if not self._babbles:
            return
        port.reset_input_buffer()
        calm = Deadline(_CALM_S)
        while not calm.passed:
            if port.read(1):
                raise Garbled("scanner.offline", "sends without end")
        self._babbles = False

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise Absent("scanner.offline", "not open")
        return self._port

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn what the operating system says of a port into `Absent`, and let go of the port."""
        try:
            yield
        except (OSError, termios.error) as error:  # pyserial's own exception is an OSError
            self.close()
            number = error.errno if isinstance(error, OSError) else error.args[0]
            path = self._settings.port
            code = "scanner.offline" if Path(node_of(path, "tty")).exists() else "scanner.absent"
            raise Absent(code, f"{path}: {type(error).__name__} {number}") from error
