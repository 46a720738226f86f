"""One command to a chip card through the driver, against pyscard's bare call on the same virtual card.

Both go through the same pcscd and reader to the same card in turn, so what differs is the driver's own
part: the protocol's rules, the bounds and the translation of errors. Connecting is not counted.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from smartcard import scard

from devices.drivers.apdu import CardChannel
from devices.drivers.pcsc_watch import PcscWatch
from devices.drivers.social_session import MASTER_FILE
from devices.sim.chip_bench import ChipBench
from devices.sim.chip_cards import BankChip
from devices.sim.pcsc_stack import READER

ROUNDS = 11
COMMANDS = 200
"""In each round, through either."""
TARGET = 1.2
_COMMAND = bytes.fromhex("00A4000002") + MASTER_FILE
_OK = 0x9000


def run() -> dict[str, Any]:
    """Measure; figures in microseconds."""
    ours: list[float] = []
    bare: list[float] = []
    with ChipBench() as bench:
        bench.lay_card(BankChip())
        bench.await_card()
        for _ in range(ROUNDS):
            with _bare() as ask:
                bare.append(_time(ask))
            with _ours() as ask:
                ours.append(_time(ask))
    figure, baseline = median(ours), median(bare)
    return {
        "name": "command to a chip card",
        "unit": "µs",
        "figure": round(figure),
        "baseline": round(baseline),
        "baseline_name": "pyscard's bare call",
        "ratio": round(figure / baseline, 2),
        "target": TARGET,
        "better": "lower",
        "met": figure <= TARGET * baseline,
        "rounds": ROUNDS,
    }


def _time(ask: Callable[[], int]) -> float:
    """Return the median time of a command."""
    times: list[float] = []
    for _ in range(COMMANDS):
        began = time.perf_counter()
        status = ask()
        times.append(time.perf_counter() - began)
        assert status == _OK
    return median(times) * 1e6


@contextmanager
def _ours() -> Iterator[Callable[[], int]]:
    watch = PcscWatch(f"{READER} 00 00")
    (reader,) = watch.open()
    try:
        with watch.connected(reader) as link:
            channel = CardChannel(link.transmit, t0=link.t0)
            yield lambda: channel.select(0x00, 0x00, MASTER_FILE)
    finally:
        watch.close()


@contextmanager
def _bare() -> Iterator[Callable[[], int]]:
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    result, card, _ = scard.SCardConnect(context, f"{READER} 00 00", scard.SCARD_SHARE_EXCLUSIVE, protocols)
    assert result == scard.SCARD_S_SUCCESS
    command = list(_COMMAND)

    def ask() -> int:
        result, answer = scard.SCardTransmit(card, scard.SCARD_PCI_T0, command)
        assert result == scard.SCARD_S_SUCCESS
        return int(answer[-2]) << 8 | int(answer[-1])

    try:
        yield ask
    finally:
        scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)
        scard.SCardReleaseContext(context)
