"""One hall for all end-to-end tests, repaired before each of them."""

from collections.abc import Iterator

import pytest

from tests.e2e.citizen import Citizen
from tests.e2e.hall import Hall, a_hall
from tests.e2e.lingering import Lingering
from tests.ports import free_ports


@pytest.fixture(scope="session")
def the_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with a_hall(tmp_path_factory.mktemp("hall")) as hall:
        yield hall


@pytest.fixture(scope="session", autouse=True)
def lingering(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lingering | None]:
    """Somebody at a home page from the first test on, when a test asks how that ended."""
    if not any("walking_away_from_the_home_page" in item.name for item in request.session.items):
        yield None
        return
    somebody = Lingering(tmp_path_factory.mktemp("home"), free_ports(3))
    yield somebody
    somebody.close()


@pytest.fixture
def hall(the_hall: Hall) -> Iterator[Hall]:
    """The hall, in order, with a terminal that is free."""
    the_hall.ready()
    yield the_hall
    the_hall.repair()
    the_hall.books.assert_unbroken()
    the_hall.assert_no_bugs()


@pytest.fixture
def citizen(hall: Hall) -> Citizen:
    return Citizen(hall)
