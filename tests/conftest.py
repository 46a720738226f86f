"""What holds for every test: no window on a screen, and how hard Hypothesis searches.

By itself it searches little and the same way each time, so that a red run is a broken product and not bad
luck. ``--campaign`` searches long and anew; what it finds becomes an example in a test.
"""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt

# A job in the background has SIGINT ignored, and so would every program that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_LONGEST_FIRST = ("tests/campaigns/test_kills.py", "tests/campaigns/", "tests/e2e/", "tests/fuzz/", "tests/processes/")
"""What takes minutes is begun first, so that it ends beside the rest and not alone after it."""

settings.register_profile("short", max_examples=60, derandomize=True, deadline=None, database=None)
settings.register_profile("campaign", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--campaign", action="store_true", help="search long and at random instead of briefly")
    parser.addoption(
        "--fuzz", metavar="SECONDS", type=int, default=3, help="how long to fuzz each decoder (default: 3)"
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("campaign" if config.getoption("--campaign") else "short")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        begins = (place for place, start in enumerate(_LONGEST_FIRST) if item.nodeid.startswith(start))
        return next(begins, len(_LONGEST_FIRST))

    items.sort(key=turn)
