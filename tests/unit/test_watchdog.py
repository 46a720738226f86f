"""What the service manager hears of a process: a real datagram socket stands in its place."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk_app.base.watchdog import ServiceManager


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(20.0)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield ear


def test_ready_and_every_sign_of_life_is_heard(listening: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    manager = ServiceManager()
    assert manager.beat_s == 1.0
    manager.ready()
    manager.alive()
    manager.stopping()
    assert [listening.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]
    assert "NOTIFY_SOCKET" not in os.environ


@pytest.mark.parametrize("variables", [{}, {"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "x"}])
def test_a_watchdog_that_is_not_ours_hears_nothing(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    manager = ServiceManager()
    assert manager.beat_s is None
    manager.alive()
    manager.ready()
    assert listening.recv(100) == b"READY=1"


def test_without_a_service_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    manager = ServiceManager()
    manager.ready()
    manager.alive()


def test_a_service_manager_that_is_gone_is_no_trouble(listening: socket.socket, tmp_path: Path) -> None:
    manager = ServiceManager()
    listening.close()
    (tmp_path / "notify").unlink()
    manager.ready()
