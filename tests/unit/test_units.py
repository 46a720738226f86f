"""The service manager's units: store, key and identity are the agent's alone, though all run as one user."""

from configparser import RawConfigParser
from pathlib import Path

import pytest

from offline_cache.cache import KEY, STORE

UNITS = Path(__file__).parents[2] / "packaging" / "systemd"
STATE = Path("/var/lib/kiosk")


def service(process: str) -> dict[str, str]:
    unit = RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # names of units are case-sensitive
    unit.read(UNITS / f"kiosk-{process}.service")
    return dict(unit["Service"])


@pytest.mark.parametrize("process", ["ui", "deviced"])
def test_screen_and_drivers_see_neither_store_nor_key_nor_identity(process: str) -> None:
    told = service(process)
    hidden = {word.removeprefix("-").replace("%S", "/var/lib") for word in told["InaccessiblePaths"].split()}
    assert hidden == {f"{STATE}/{name}" for name in (STORE, "identity", KEY)}
    assert {"kiosk/store", "kiosk/identity"} <= set(told["StateDirectory"].split()), "what is not there is not hidden"
    assert told["SystemCallFilter"] == "~@debug", "the agent could be traced"
    assert told["SystemCallErrorNumber"] == "EPERM", "a library that asks is refused, not killed"


def test_the_agent_sees_them() -> None:
    assert "InaccessiblePaths" not in service("agentd")


@pytest.mark.parametrize("process", ["ui", "agentd", "deviced"])
def test_a_process_that_dies_leaves_no_picture_of_its_memory(process: str) -> None:
    assert service(process)["LimitCORE"] == "0"
