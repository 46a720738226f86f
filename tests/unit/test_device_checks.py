"""Configured devices held against the machine: what a technician is told before a citizen finds out."""

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from devices.registry import AnyDriverSettings, driver_names, kind_of, settings_of
from kiosk_app.base.machine_settings import Settings
from kiosk_app.base.toml_lines import Place
from kiosk_app.diagnostics.device_checks import device_faults, server_faults, source_faults, special_faults

NOBODY = 65534
ENTRY: TypeAdapter[AnyDriverSettings] = TypeAdapter(AnyDriverSettings)


@pytest.fixture
def port() -> Iterator[Path]:
    ours, theirs = os.openpty()
    yield Path(os.ttyname(theirs))
    os.close(ours)
    os.close(theirs)


def faults(*devices: dict[str, Any], usb: Path = Path("/nonexistent")) -> list[tuple[Place, str]]:
    """Check a terminal with `devices`; each says its driver and what differs from nothing."""
    named = [
        {"id": f"device-{number}", "kind": kind_of(device["driver"])} | device for number, device in enumerate(devices)
    ]
    settings = Settings.model_validate(
        {"kiosk": {"id": "demo-0001", "hall": "demo"}, "central": {"url": "http://127.0.0.1:1"}, "devices": named}
    )
    return list(device_faults(settings, usb))


SOMEWHERE: dict[str, dict[str, Any]] = {
    "sdt-serial": {"port": "/dev/no-such"},
    "sdt-usb": {},
    "pcsc": {},
    "serial-scanner": {"port": "/dev/no-such"},
    "wedge-scanner": {"device": "/dev/no-such"},
    "camera-scanner": {"source": "/dev/no-such"},
    "opencv": {"source": "/dev/no-such"},
    "cups": {"queue": "A4", "server": "/run/no-such.sock"},
    "serial-lights": {"port": "/dev/no-such", "lights": {"cardReader": 1}},
    "serial-proximity": {"port": "/dev/no-such"},
    "serial-door": {"port": "/dev/no-such"},
    "nut": {"ups": "ups", "server": "nowhere"},
}
"""Every driver, configured for a device that is not there."""


def test_every_driver_is_checked() -> None:
    assert SOMEWHERE.keys() == set(driver_names())


@pytest.mark.parametrize("driver", SOMEWHERE)
def test_a_device_that_is_not_there_is_named_with_its_key(
    driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path / "no.comm"))
    found = faults({"driver": driver} | SOMEWHERE[driver])
    assert len(found) == 1
    place, said = found[0]
    assert place[:2] == ("devices", 0)
    assert place[2] in settings_of(driver).model_fields
    assert any(words in said for words in ("does not exist; ", "is on USB; ", "is neither ")), said


def test_an_identity_reader_on_usb_is_found_where_the_kernel_lists_it(tmp_path: Path) -> None:
    for name, vendor, product in (("1-1", "1d6b", "0002"), ("1-2", "0400", "c35a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "idVendor").write_text(vendor + "\n")
        (tmp_path / name / "idProduct").write_text(product + "\n")
    assert faults({"driver": "sdt-usb"}, usb=tmp_path) == []


def test_a_device_named_by_its_usb_serial_number_is_looked_for() -> None:
    (told,) = faults({"driver": "serial-scanner", "port": "usb:ffff:fffe:NO-SUCH-SERIAL"})
    assert told == (("devices", 0, "port"), "usb:ffff:fffe:NO-SUCH-SERIAL fits no device; is the scanner plugged in?")


def test_a_name_that_is_no_usb_name_is_told_what_would_be_one() -> None:
    (told,) = faults({"driver": "serial-scanner", "port": "usb:scanner"})
    assert told[0] == ("devices", 0, "port")
    assert "usb:VENDOR:PRODUCT" in told[1]


def test_a_scanner_that_types_is_looked_for_by_its_name_too() -> None:
    (told,) = faults({"driver": "wedge-scanner", "device": "name:No such scanner*"})
    assert told == (("devices", 0, "device"), "name:No such scanner*: no such input device; is the scanner plugged in?")


def test_a_terminal_without_devices_is_told_so() -> None:
    assert [place for place, _ in faults()] == [("devices",)]


def test_two_devices_of_one_id_are_named(port: Path) -> None:
    one = {"driver": "serial-scanner", "port": str(port), "id": "code"}
    two = {"driver": "cups", "queue": "A4", "server": "127.0.0.1:631", "id": "code"}
    assert faults(one, two) == [(("devices", 1, "id"), "device 1 has the id 'code' too")]


def test_one_port_for_two_devices_is_named_also_under_another_name(port: Path, tmp_path: Path) -> None:
    (tmp_path / "scanner").symlink_to(port)
    reader = {"driver": "sdt-serial", "port": str(port)}
    scanner = {"driver": "serial-scanner", "port": str(tmp_path / "scanner")}
    assert faults(reader, scanner) == [(("devices", 1, "port"), f"device 1 uses {port} too; each device needs its own")]


def test_one_queue_for_two_printers_is_named_and_two_queues_are_fine() -> None:
    queue = {"driver": "cups", "queue": "A4", "server": "127.0.0.1:631"}
    assert [place for place, _ in faults(queue, queue)] == [("devices", 1, "queue")]
    assert faults(queue, queue | {"queue": "A4-2"}) == []


def test_a_stream_may_be_looked_at_by_two(tmp_path: Path) -> None:
    film = tmp_path / "film.mjpeg"
    film.touch()
    assert faults({"driver": "opencv", "source": str(film)}, {"driver": "camera-scanner", "source": str(film)}) == []


@pytest.mark.parametrize("source", ["http://127.0.0.1:8000/stream", "rtsp://user@camera.example:554/live?x=1"])
def test_the_address_of_a_stream_is_taken_as_it_is(source: str) -> None:
    assert source_faults(source) == []


def test_an_address_that_no_camera_has_is_told_what_would_be_right() -> None:
    assert source_faults("ftp://camera/film") == ["ftp://camera/film is no stream; such as rtsp://HOST:554/PATH"]


@pytest.mark.parametrize("server", ["127.0.0.1:631", "[::1]:3493", "cups.example:1"])
def test_a_host_and_port_are_taken_as_they_are(server: str) -> None:
    assert server_faults(server, "?") == []


@pytest.mark.parametrize("server", ["", "host", "host:", "host:0", "host:99999", "http://host:631", "a b:1"])
def test_what_is_no_host_and_port_is_told(server: str) -> None:
    assert server_faults(server, "?") == [f"{server!r} is neither a socket's path nor HOST:PORT"]


def test_a_file_that_is_no_device_is_told_what_it_should_be(tmp_path: Path) -> None:
    (tmp_path / "port").touch()
    assert special_faults(tmp_path / "port", "reader", "a serial port") == [f"{tmp_path / 'port'} is not a serial port"]


def test_a_port_of_a_group_is_told_which_group_the_user_lacks(port: Path) -> None:
    if os.geteuid() == 0:
        os.chown(port, 0, grp.getgrnam("dialout").gr_gid)
    port.chmod(0o660)
    with somebody_else(port):
        said = special_faults(port, "reader", "a serial port")
    assert said == [f"{port} may not be read and written by this user; add the user to the group {port.group()}"]


def test_a_port_that_no_group_may_open_is_told_to_need_a_rule(port: Path) -> None:
    port.chmod(0o600)
    with somebody_else(port):
        said = special_faults(port, "reader", "a serial port")
    assert said == [
        f"{port} may not be read and written by this user; a udev rule has to give it to a group of this user"
    ]


class somebody_else:  # noqa: N801 - read as words after `with`
    """Look at a port as a user who does not own it. Who is not root can be nobody else, and gives the rights up."""

    def __init__(self, port: Path) -> None:
        self._port = port
        self._mode = stat.S_IMODE(port.stat().st_mode)
        self._groups = os.getgroups()
        self._root = os.geteuid() == 0

    def __enter__(self) -> None:
        if not self._root:
            self._port.chmod(self._mode & ~stat.S_IRWXU)
            return
        os.setgroups([])
        os.setegid(NOBODY)
        os.seteuid(NOBODY)

    def __exit__(self, *_: object) -> None:
        if not self._root:
            self._port.chmod(self._mode)
            return
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(self._groups)
