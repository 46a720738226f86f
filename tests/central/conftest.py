"""A server shared by the tests that leave it running, on each kind of database; each brings its own terminal.

Every test that asks for a database runs on SQLite and on a PostgreSQL server that is ours alone.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.ids import new_id
from tests.central.server import Central, Databases
from tests.central.terminal import Terminal
from tests.central.values import Journal
from tests.postgresql import PrivatePostgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PrivatePostgresql]:
    with PrivatePostgresql() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    if request.param == "sqlite":
        return Databases(None)
    server: PrivatePostgresql = request.getfixturevalue("postgresql")
    return Databases(server)


@pytest.fixture(scope="session")
def central(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    folder = tmp_path_factory.mktemp("central")
    running = Central(databases.made(folder), folder).start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def own_central(databases: Databases, tmp_path: Path) -> Iterator[Central]:
    """A server that the test may kill; it is started by the test."""
    made = Central(databases.made(tmp_path), tmp_path)
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
def terminal(central: Central, kiosk: str) -> Terminal:
    return central.enrol(kiosk)


@pytest.fixture
def sqlite_central(tmp_path: Path) -> Iterator[Central]:
    """The same for what has nothing to do with the kind of database: how processes end and are counted."""
    made = Central(Databases(None).made(tmp_path), tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()
