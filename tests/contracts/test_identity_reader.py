"""Our drivers held to the conformance suite: devices/conformance/identity_reader.py, each on its simulator."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from devices.conformance.identity_reader import IdentityReaderBench, IdentityReaderSuite, Sort
from devices.drivers.sdt_codec import Command
from tests.device_bench import CARD, OTHER_CARD
from tests.sdt_bench import WAYS

CARDS: dict[Sort, bytes] = {
    "resident": CARD,
    "other resident": OTHER_CARD,
    "strange": CARD[:248] + "Q".encode("utf-16-le") + CARD[250:],
}


def sdt(way: str) -> Callable[[Path], AbstractContextManager[IdentityReaderBench]]:
    @contextmanager
    def made(folder: Path) -> Iterator[IdentityReaderBench]:
        with WAYS[way](folder) as bench:
            reader, module = bench.make(), bench.module
            yield IdentityReaderBench(
                reader,
                "测试甲",
                "测试乙",
                lambda sort: module.lay(CARDS[sort]),
                module.lift,
                lambda: module.await_request(Command.FIND),
                lambda: module.silent(True),
                lambda: module.silent(False),
                module.plug,
                module.unplug,
            )
            reader.close()

    return made


BENCHES: dict[str, Callable[[Path], AbstractContextManager[IdentityReaderBench]]] = {way: sdt(way) for way in WAYS}


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IdentityReaderBench]:
    with BENCHES[request.param](tmp_path) as made:
        yield made


class TestIdentityReader(IdentityReaderSuite):
    """Every driver of ours."""
