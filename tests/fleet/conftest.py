"""The real server on an SQLite database: one for all tests, and one for a test that does something to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.ids import new_id
from tests.central.server import Central, new_database


def made(folder: Path) -> Central:
    """A central with the shipped catalogue, serving."""
    central = Central(new_database(folder), folder)
    for command in ("migrate", "demo-data"):
        assert central.run(command) == 0
    return central.start()


@pytest.fixture(scope="session")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    folder = tmp_path_factory.mktemp("central")
    running = made(folder)
    yield running
    running.kill()


@pytest.fixture
def own_central(tmp_path: Path) -> Iterator[Central]:
    folder = tmp_path / "central"
    folder.mkdir()
    running = made(folder)
    yield running
    running.kill()


@pytest.fixture
def kiosk() -> str:
    """A terminal of the test's own."""
    return f"t-{new_id()[-12:].lower()}"
