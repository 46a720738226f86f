"""What tests of chip cards share: synthetic people, their cards, and a reader behind a private pcscd."""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TypeVar

from devices.deadline import Deadline
from devices.drivers.pcsc_reader import PcscReader
from devices.errors import MediaTrouble
from devices.registry import PcscSettings
from devices.sim.chip_bench import ChipBench
from devices.values import ChipCard, Media
from tests.device_bench import PATIENCE_S, card, number_18

T = TypeVar("T")
SERVICE = "/run/pcscd/pcscd.comm"
"""How the service calls its end of every connection, wherever it is found."""
TODAY = date(2026, 6, 1)
PERSON = card()
OTHER_PERSON = card(name="测试乙", number=number_18("11010119900307003"))


def chip_settings(reader: str = "*") -> PcscSettings:
    return PcscSettings(id="chip", kind="smart-card", driver="pcsc", reader=reader)


@contextmanager
def chip_reader() -> Iterator[tuple[ChipBench, PcscReader]]:
    """A bench, and a driver on it that is not open yet."""
    with ChipBench() as bench:
        reader = PcscReader(chip_settings(), today=lambda: TODAY)
        yield bench, reader
        reader.close()


def read(reader: PcscReader, seconds: float = PATIENCE_S, say: Callable[[Media], None] = lambda _: None) -> ChipCard:
    return reader.read(Deadline(seconds), say)


def trouble(reader: PcscReader, seconds: float = PATIENCE_S, say: Callable[[Media], None] = lambda _: None) -> str:
    """What is wrong with the card that is put in."""
    raised = attempt(lambda: reader.read(Deadline(seconds), say))
    assert isinstance(raised, MediaTrouble), "it was read"
    return raised.fault.code


def attempt(act: Callable[[], T]) -> T | MediaTrouble:
    """Return what `act` gives, or the trouble it ends in: for tests where either is right."""
    try:
        return act()
    except MediaTrouble as raised:
        return raised


def lay(bench: ChipBench, person: Mapping[str, str] = PERSON, protocol: int = 0) -> None:
    """Put a person's card in, and return when the service feels it."""
    bench.lay(person, protocol)
    bench.await_card()


def held() -> tuple[int, int]:
    """The connections to a PC/SC service that this process has, and its threads of cards."""
    connections = 0
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if str(entry.readlink()).startswith("socket:"):
                with socket.socket(fileno=os.dup(int(entry.name))) as one:
                    connections += one.family == socket.AF_UNIX and one.getpeername() == SERVICE
    return connections, sum(thread.name == "chip-card" for thread in threading.enumerate())
