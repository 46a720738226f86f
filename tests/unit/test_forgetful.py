"""Agent and drivers are started forgetful by the service manager, too."""

from configparser import RawConfigParser
from pathlib import Path

import pytest

from kiosk_app.entry.forgetful import FORGETFUL

UNITS = Path(__file__).parents[2] / "packaging" / "systemd"


@pytest.mark.parametrize("process", ["agentd", "deviced"])
def test_the_unit_sets_what_the_supervisor_sets(process: str) -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # names of units are case-sensitive
    unit.read(UNITS / f"kiosk-{process}.service")
    assert dict(word.split("=", 1) for word in unit["Service"]["Environment"].split()) == FORGETFUL
