"""Our drivers held to the conformance suite: devices/conformance/smart_card.py, each on its simulator."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from devices.conformance.smart_card import SmartCardBench, SmartCardSuite, Sort
from devices.sim.chip_bench import STAFF_KEY
from devices.sim.chip_cards import (
    BankChip,
    Card,
    MuteCard,
    SocialSecurityChip,
    StaffChip,
    social_card_files,
    social_security_card,
)
from tests.chip_rigs import OTHER_PERSON, PERSON, chip_reader

STAFF_ID = "T-0417"


def card_of(sort: Sort) -> Card:
    cards: dict[Sort, Callable[[], Card]] = {
        "citizen": lambda: social_security_card(PERSON),
        "other citizen": lambda: social_security_card(OTHER_PERSON, protocol=1),
        "staff": lambda: StaffChip(STAFF_ID, STAFF_KEY),
        "unknown": BankChip,
        "blocked": lambda: SocialSecurityChip(social_card_files(PERSON), locked=b"\x6a\x81"),
        "wrong way round": MuteCard,
    }
    return cards[sort]()


@contextmanager
def pcsc(_: Path) -> Iterator[SmartCardBench]:
    with chip_reader() as (bench, reader):

        def lay(sort: Sort) -> None:
            bench.lay_card(card_of(sort))
            bench.await_card()

        def lift() -> None:
            bench.lift()
            bench.await_card(here=False)

        yield SmartCardBench(
            reader, PERSON["name"], OTHER_PERSON["name"], STAFF_ID, lay, lift, bench.plug, bench.unplug
        )


BENCHES: dict[str, Callable[[Path], AbstractContextManager[SmartCardBench]]] = {"pcsc": pcsc}


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmartCardBench]:
    with BENCHES[request.param](tmp_path) as made:
        yield made


class TestSmartCardReader(SmartCardSuite):
    """Every driver of ours."""
