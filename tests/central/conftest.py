"""A server shared by the tests that leave it running; each brings its own terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.ids import new_id
from tests.central.server import Central, made_database
from tests.central.values import Journal


@pytest.fixture(scope="session")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    folder = tmp_path_factory.mktemp("central")
    running = Central(made_database(folder), folder).start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def own_central(tmp_path: Path) -> Iterator[Central]:
    """A server that the test may kill; it is started by the test."""
    made = Central(made_database(tmp_path), tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()


@pytest.fixture
def kiosk() -> str:
    return f"t-{new_id()[-12:].lower()}"


@pytest.fixture
def journal(kiosk: str) -> Journal:
    return Journal(kiosk)


@pytest.fixture
def headers(central: Central, kiosk: str) -> dict[str, str]:
    return central.enrol(kiosk)
