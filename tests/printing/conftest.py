"""One printer with its spooler for the tests of a file, put right after each; and the driver in front of it."""

from collections.abc import Iterator

import pytest

from devices.drivers.cups_printer import CupsPrinter
from devices.sim.printer_ipp import PrintBench
from tests.print_rig import a_bench, cups_printer, made_whole


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintBench]:
    with a_bench(tmp_path_factory.mktemp("a4")) as bench:
        yield bench


@pytest.fixture
def bench(shared: PrintBench) -> Iterator[PrintBench]:
    yield shared
    made_whole(shared)


@pytest.fixture
def printer(bench: PrintBench) -> Iterator[CupsPrinter]:
    printer = cups_printer(bench)
    printer.open()
    yield printer
    printer.close()
