"""Relay boards, ranging sensors and UPS servers: any bytes, no exception of their own, bounded keeping."""

from collections.abc import Iterator

from devices.drivers.modbus_codec import Refused, Request, find_reply, sealed
from devices.drivers.nut_codec import NoSuchAnswer, Refusal, VariableList, auxiliaries_of, power_of
from devices.drivers.ranging_codec import RangeStream
from devices.sim.ranging_pty import measurement
from tests.fuzz.targets import pieces, whole

LONGEST = 2048
_READ_COILS, _WRITE_COIL = 1, 5
_REQUESTS = (Request(1, _READ_COILS, 0, 4), Request(1, _WRITE_COIL, 2, on=True))


def check(data: bytes) -> None:
    for request in _REQUESTS:
        try:
            states = find_reply(request, data)
        except Refused:
            continue
        assert states is None or all(isinstance(state, bool) for state in states)
    stream = RangeStream()
    for piece in pieces(data):
        for measured in stream.feed(piece):
            assert 0 <= measured.cm <= 0xFFFF
        assert len(stream._buffer) < 9, "more is kept than a measurement is long"
    _ups(data)


def _ups(data: bytes) -> None:
    listing = VariableList("ups")
    for line in data.split(b"\n"):
        try:
            variables = listing.take(line)
        except (Refusal, NoSuchAnswer):
            return
        if variables is not None:
            power = power_of(variables)
            if power is not None:
                auxiliaries_of(power, was_on_battery=True)
            return


def seeds() -> Iterator[bytes]:
    yield sealed(b"\x01\x01\x01\x05")
    yield _REQUESTS[1].frame
    yield sealed(b"\x01\x81\x02")
    yield whole(measurement(60, 2000), measurement(0, 40), measurement(60, 2000)[:5], measurement(300, 900))
    said = ('ups.status "OB DISCHRG LB"', 'battery.charge "9"', 'ups.model "one \\"two\\""')
    yield ("BEGIN LIST VAR ups\n" + "".join(f"VAR ups {row}\n" for row in said) + "END LIST VAR ups").encode()
    yield b"ERR DATA-STALE"
