"""Which input device is meant, that it is ours alone or not read at all, and what its records say."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from evdev.ecodes import EV_KEY, EV_MSC, EV_REL, EV_SYN, KEY_A, KEY_LEFTSHIFT, MSC_SCAN, SYN_DROPPED, SYN_REPORT
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.wedge_events import LOST, RECORD, Records
from devices.drivers.wedge_source import EventSource, find, take
from devices.errors import Absent

KEYBOARD = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
"""The key bits of a USB keyboard, as its file in sysfs has them."""
MEDIA_KEYS = "3f000301ff 0 0 483ffff17aff32d bfd4444600000000 1 130c730b17c000 267bfad9415fed 9e168000004400 10000002"


def plug(sysfs: Path, number: int, name: str, ids: str, *, serial: str = "", keys: str = KEYBOARD) -> None:
    """Make what the kernel shows of an input device."""
    device = sysfs / f"event{number}" / "device"
    (device / "id").mkdir(parents=True)
    (device / "capabilities").mkdir()
    vendor, product = ids.split(":")
    for file, text in (("name", name), ("uniq", serial), ("id/vendor", vendor), ("id/product", product)):
        (device / file).write_text(text + "\n")
    (device / "capabilities" / "key").write_text(keys + "\n")


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    plug(tmp_path, 0, "AT Translated Set 2 keyboard", "0001:0001")
    plug(tmp_path, 3, "Newland Auto-ID NLS-FM430 Keyboard", "1eab:0022", serial="A1B2")
    plug(tmp_path, 4, "Newland Auto-ID NLS-FM430 Consumer Control", "1eab:0022", serial="A1B2", keys=MEDIA_KEYS)
    plug(tmp_path, 12, "Honeywell 1950g", "0c2e:0b01", serial="77")
    plug(tmp_path, 13, "Honeywell 1950g", "0c2e:0b01", serial="78")
    return tmp_path


@pytest.mark.parametrize(
    ("device", "number"),
    [("usb:1eab:0022", 3), ("usb:1EAB:0022:A1B2", 3), ("usb:0c2e:0b01:78", 13), ("name:Newland*", 3), ("name:AT*", 0)],
)
def test_a_device_is_found_by_what_it_is_wherever_it_is_plugged(sysfs: Path, device: str, number: int) -> None:
    assert find(device, sysfs) == f"/dev/input/event{number}"


@pytest.mark.parametrize("path", ["/dev/input/by-id/usb-Newland-event-kbd", "/dev/input/event3", "/run/kiosk/keys"])
def test_a_path_is_taken_as_it_is(sysfs: Path, path: str) -> None:
    assert find(path, sysfs) == path


@pytest.mark.parametrize(
    ("device", "code"),
    [
        ("usb:1eab:9999", "scanner.absent"),
        ("usb:1eab:0022:OTHER", "scanner.absent"),
        ("name:newland*", "scanner.absent"),
        ("usb:0c2e:0b01", "scanner.offline"),
    ],
)
def test_a_device_that_is_not_there_or_there_twice_is_not_guessed(sysfs: Path, device: str, code: str) -> None:
    with pytest.raises(Absent) as raised:
        find(device, sysfs)
    assert raised.value.fault.code == code


def test_without_any_input_device_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(Absent):
        find("usb:1eab:0022", tmp_path / "none")


class Held:
    """An input device that another program has, or none does."""

    def __init__(self, number: int = 0) -> None:
        self._number = number
        self.open, self.grabbed = True, False

    def grab(self) -> None:
        if self._number:
            raise OSError(self._number, os.strerror(self._number))
        self.grabbed = True

    def close(self) -> None:
        self.open = False


def test_a_device_that_is_free_is_taken_and_stays_open() -> None:
    device = Held()
    take(device, "/dev/input/event3")
    assert device.grabbed
    assert device.open


@pytest.mark.parametrize(("number", "why"), [(errno.EBUSY, "another program has it"), (errno.ENODEV, "errno 19")])
def test_a_device_that_cannot_be_had_alone_is_let_go_of_and_never_read(number: int, why: str) -> None:
    device = Held(number)
    with pytest.raises(Absent) as raised:
        take(device, "/dev/input/event3")
    assert raised.value.fault.code == "scanner.offline"
    assert raised.value.fault.detail == f"/dev/input/event3: not to be had alone: {why}"
    assert not device.open


@pytest.mark.parametrize("path", ["/dev/null", "/dev/zero", "/tmp", "/etc/passwd"])  # noqa: S108 - not written to
def test_what_is_no_input_device_is_refused(path: str) -> None:
    with pytest.raises(Absent) as raised:
        EventSource(path)
    assert raised.value.fault.code == "scanner.offline"
    assert raised.value.fault.detail == f"{path}: not an input device"


def test_a_fifo_that_nobody_fills_is_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "keys")
    source = EventSource(str(tmp_path / "keys"))
    writer = os.open(tmp_path / "keys", os.O_WRONLY)
    assert source.read(0) == b""
    os.write(writer, b"x" * 24)
    os.close(writer)
    assert source.read(0) == b"x" * 24
    with pytest.raises(Absent) as raised:
        source.read(0)
    assert raised.value.fault.code == "scanner.offline"
    source.close()


def records(*events: tuple[int, int, int]) -> bytes:
    return b"".join(RECORD.pack(1_700_000_000, 999_999, *event) for event in events)


def press(code: int) -> bytes:
    report = (EV_SYN, SYN_REPORT, 0)
    return records((EV_MSC, MSC_SCAN, 0x70004), (EV_KEY, code, 1), report, (EV_KEY, code, 0), report)


def fed(pieces: Iterable[bytes]) -> list[bytes | str]:
    reader = Records("us", "unicode")
    return [typed for piece in pieces for typed in reader.feed(piece)]


def test_a_record_is_as_long_as_the_kernels() -> None:
    assert RECORD.size == 24


def test_records_are_understood_wherever_they_are_split() -> None:
    data = press(KEY_A) + records((EV_REL, 0, 5)) + press(KEY_A)
    for cut in range(len(data) + 1):
        assert fed([data[:cut], data[cut:]]) == [b"a", b"a"]
    assert fed(bytes([byte]) for byte in data) == [b"a", b"a"]


def test_what_the_kernel_dropped_is_said_and_the_rest_of_that_report_is_not_typed() -> None:
    dropped = records((EV_KEY, KEY_LEFTSHIFT, 1), (EV_SYN, SYN_DROPPED, 0), (EV_KEY, KEY_A, 1), (EV_SYN, SYN_REPORT, 0))
    assert fed([press(KEY_A), dropped, press(KEY_A)]) == [b"a", LOST, b"a"]


@given(st.lists(st.binary(max_size=500), max_size=10))
def test_whatever_bytes_come_neither_break_nor_grow(chunks: list[bytes]) -> None:
    reader = Records("de", "unicode")
    for chunk in chunks:
        reader.feed(chunk)
        assert len(reader._rest) < RECORD.size


@given(
    st.lists(
        st.tuples(st.sampled_from([EV_SYN, EV_KEY, EV_MSC]), st.integers(0, 0x2FF), st.integers(-(2**31), 2**31 - 1)),
        max_size=100,
    )
)
def test_whatever_records_come_are_text_or_a_loss(events: list[tuple[int, int, int]]) -> None:
    for piece in fed([records(*events)]):
        assert piece == LOST or (isinstance(piece, bytes) and 0 < len(piece) <= 8)
