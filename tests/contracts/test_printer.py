"""Our drivers held to the conformance suite: devices/conformance/printer.py, each on its simulator."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from devices.conformance.printer import PrinterBench, PrinterSuite
from tests.print_rig import a_bench, cups_printer


@contextmanager
def cups(folder: Path) -> Iterator[PrinterBench]:
    with a_bench(folder) as machine:
        printer = cups_printer(machine)
        yield PrinterBench(
            printer,
            lambda: [sheet.job for sheet in machine.tray()],
            machine.empty_paper,
            machine.load_paper,
            machine.repair,
        )
        printer.close()


BENCHES: dict[str, Callable[[Path], AbstractContextManager[PrinterBench]]] = {"cups": cups}


@pytest.fixture(scope="module", params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrinterBench]:
    with BENCHES[request.param](tmp_path_factory.mktemp("printer")) as made:
        yield made


class TestPrinter(PrinterSuite):
    """Every driver of ours."""
