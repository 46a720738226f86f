"""Runs the suite that fits a bench of somebody else's: ``pytest -p devices.conformance.plugin --bench MODULE:NAME``.

`NAME` is a callable that takes an empty folder and returns a context manager, whose value is one of the
benches of this package. Which suite runs follows from its type. ``kiosk device conform MODULE:NAME`` is short
for it.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path

import pytest

from devices.conformance.suites import suite_for

BenchMaker = Callable[[Path], AbstractContextManager[object]]
_MAKER = pytest.StashKey[BenchMaker]()
_chosen: list[type] = []
"""The suite of the chosen bench: what pytest imports next is made of it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bench", metavar="MODULE:NAME", help="the bench of the driver to hold to its conformance suite")


def pytest_configure(config: pytest.Config) -> None:
    """Find the bench, open it once to see what it is for, and keep the suite that fits."""
    named = config.getoption("--bench")
    if named is None:
        return
    maker = find_bench(named, Path(str(config.invocation_params.dir)))
    with tempfile.TemporaryDirectory() as folder, maker(Path(folder)) as bench:
        suite = suite_for(bench)
    if suite is None:
        raise pytest.UsageError(f"--bench {named}: a {type(bench).__name__} is no bench of devices.conformance")
    config.stash[_MAKER] = maker
    _chosen[:] = [suite]


def find_bench(named: str, folder: Path) -> BenchMaker:
    """Import ``MODULE:NAME``, from `folder` too.

    Raises:
        pytest.UsageError: there is no such module, or no such name in it.
    """
    module_name, colon, name = named.partition(":")
    if not colon:
        raise pytest.UsageError(f"--bench {named}: this has to be MODULE:NAME")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        raise pytest.UsageError(f"--bench {named}: {error}") from None
    maker = getattr(module, name, None)
    if not callable(maker):
        raise pytest.UsageError(f"--bench {named}: {module_name} has no {name} that can be called")
    bench: BenchMaker = maker
    return bench


def chosen_suite() -> type:
    """Return the suite of the chosen bench.

    Raises:
        pytest.UsageError: no bench was chosen.
    """
    if not _chosen:
        raise pytest.UsageError("the conformance suites need --bench MODULE:NAME (docs/drivers.md)")
    return _chosen[0]


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[object]:
    """The chosen bench, fresh for each test."""
    with request.config.stash[_MAKER](tmp_path) as made:
        yield made
