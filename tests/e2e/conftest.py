"""One hall for all end-to-end tests, repaired before each of them."""

from collections.abc import Iterator

import pytest

from tests.e2e.citizen import Citizen
from tests.e2e.hall import Hall, a_hall


@pytest.fixture(scope="session")
def the_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with a_hall(tmp_path_factory.mktemp("hall")) as hall:
        yield hall


@pytest.fixture
def hall(the_hall: Hall) -> Iterator[Hall]:
    """The hall, in order, with a terminal that is free."""
    the_hall.ready()
    yield the_hall
    the_hall.repair()
    the_hall.books.assert_unbroken()


@pytest.fixture
def citizen(hall: Hall) -> Citizen:
    return Citizen(hall)
