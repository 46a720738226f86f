"""``kiosk device try``, run as the command it is: one driver on its simulator, and what a technician reads of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.registry import driver_names
from devices.sim.printer_ipp import PrintBench
from devices.sim.scanner_pty import Scanner
from devices.sim.sdt_pty import SdtModule
from tests.device_bench import CARD, OTHER_CARD
from tests.print_rig import a4_pdf, a_bench
from tests.trial_rig import Trial


@pytest.fixture
def attempt() -> Iterator[Callable[..., Trial]]:
    trials: list[Trial] = []

    def begin(*words: str) -> Trial:
        trials.append(Trial(*words))
        return trials[-1]

    yield begin
    for trial in trials:
        trial.kill()


Attempt = Callable[..., Trial]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SdtModule]:
    with SdtModule(tmp_path / "reader") as module:
        yield module


def on_reader(tmp_path: Path, *more: str) -> tuple[str, ...]:
    return ("try", "sdt-serial", "--set", f"port={tmp_path / 'reader'}", "--seconds", "60", *more)


def test_a_card_is_read_and_its_person_covered(attempt: Attempt, reader: SdtModule, tmp_path: Path) -> None:
    reader.lay(CARD)
    trial = attempt(*on_reader(tmp_path))
    card = trial.await_event("CardRead")["card"]
    assert (card["name"], card["layout"]) == ("测**", "resident")
    assert trial.interrupt() == 0
    assert trial.error == "interrupted\n"
    said = "".join(trial.printed)
    assert "sdt-serial" in said
    assert "identity-reader" in said
    assert "测试甲" not in said
    assert "19900307" not in said


def test_the_next_card_is_read_too_and_shown_in_full_when_asked(
    attempt: Attempt, reader: SdtModule, tmp_path: Path
) -> None:
    reader.lay(CARD)
    trial = attempt(*on_reader(tmp_path, "--reveal", "--json"))
    assert trial.await_event("DeviceInfo")["kind"] == "identity-reader"
    assert trial.await_event("CardRead")["card"]["name"] == "测试甲"
    reader.lay(OTHER_CARD)
    assert trial.await_event("CardRead")["card"]["name"] == "测试乙"
    assert trial.interrupt() == 0
    assert all(line.startswith("{") for line in trial.printed)


def test_a_reader_that_is_unplugged_and_comes_back_is_told_both_times(
    attempt: Attempt, reader: SdtModule, tmp_path: Path
) -> None:
    trial = attempt(*on_reader(tmp_path))
    trial.await_state("online")
    reader.unplug()
    assert trial.await_state("noDevice")["status"]["fault"]["code"] == "reader.absent"
    reader.plug()
    trial.await_state("online")
    assert trial.interrupt() == 0


def test_a_code_may_be_a_credential_and_is_told_by_its_length(attempt: Attempt, tmp_path: Path) -> None:
    with Scanner(tmp_path / "scanner") as scanner:
        trial = attempt("try", "serial-scanner", "--set", f"port={tmp_path / 'scanner'}", "--seconds", "60")
        trial.await_state("online")
        scanner.hold("7K3M9Q2XH5T8B4NC")
        assert trial.await_event("CodeRead")["code"]["text"] == "(16 characters)"
        assert trial.interrupt() == 0
    assert "7K3M" not in "".join(trial.printed)


def test_a_device_that_never_serves_is_a_failure_that_is_explained(attempt: Attempt, tmp_path: Path) -> None:
    trial = attempt("try", "serial-scanner", "--set", f"port={tmp_path / 'none'}", "--seconds", "1")
    assert trial.status == 1
    assert "did not come to serve: scanner.absent" in trial.error


def test_time_that_is_up_ends_the_trial(attempt: Attempt, reader: SdtModule, tmp_path: Path) -> None:
    trial = attempt("try", "sdt-serial", "--set", f"port={tmp_path / 'reader'}", "--seconds", "2")
    assert trial.status == 0
    assert reader.plugged


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintBench]:
    with a_bench(tmp_path_factory.mktemp("printer")) as bench:
        yield bench


def test_a_page_is_printed_once_and_followed_to_its_outcome(
    attempt: Attempt, bench: PrintBench, tmp_path: Path
) -> None:
    (tmp_path / "page.pdf").write_bytes(a4_pdf())
    where = ("--set", f"queue={bench.queue}", "--set", f"server={bench.server}")
    trial = attempt("try", "cups", *where, "--print", str(tmp_path / "page.pdf"), "--seconds", "30")
    settled = trial.await_event("PrintSettledEvent")["settlement"]
    assert (settled["outcome"], settled["sheets"]) == ("sent", 1)
    assert trial.status == 0
    assert len(bench.tray()) == 1


def test_a_print_that_waits_for_paper_is_withdrawn_by_an_interrupt_and_prints_nothing(
    attempt: Attempt, bench: PrintBench, tmp_path: Path
) -> None:
    bench.repair()
    before = len(bench.tray())
    bench.empty_paper()
    (tmp_path / "page.pdf").write_bytes(a4_pdf())
    where = ("--set", f"queue={bench.queue}", "--set", f"server={bench.server}")
    trial = attempt("try", "cups", *where, "--print", str(tmp_path / "page.pdf"), "--seconds", "60")
    held = trial.await_line(lambda told: told["event"] == "PrintHeldUp" and told["fault"] is not None)
    assert held["fault"]["code"] == "printer.media_empty"
    assert trial.interrupt() == 1
    assert "the print ended as failed" in trial.error
    bench.load_paper()
    assert len(bench.tray()) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("try", "sdt-seriel"), "there is no driver 'sdt-seriel', did you mean 'sdt-serial'?"),
        (("try", "sdt-serial"), "--set port=… is missing"),
        (("try", "sdt-serial", "--set", "port=/dev/x", "--set", "boud=9600"), "did you mean 'baud'?"),
        (("try", "sdt-serial", "--set", "port=/dev/x", "--set", "baud=1234"), "or 9600, not 1234"),
        (("try", "sdt-serial", "--set", "port"), "has to be KEY=VALUE"),
        (("try", "sdt-serial", "--set", "port=/a", "--set", "port=/b"), "said twice"),
        (("try", "sdt-serial", "--set", "port=/a", "--set", "driver=cups"), "this follows from the driver"),
        (("try", "sdt-serial", "--set", "port=/a", "--print", "x.pdf"), "--print needs a printer"),
        (("try", "sdt-serial", "--seconds", "0"), "more than 0"),
    ],
)
def test_wrong_use_is_told_with_what_would_be_right(attempt: Attempt, words: tuple[str, ...], told: str) -> None:
    trial = attempt(*words)
    assert trial.status == 2
    assert trial.printed == []
    assert told in trial.error


def test_what_is_no_pdf_is_not_printed(attempt: Attempt, tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_text("no")
    trial = attempt("try", "cups", "--set", "queue=A4", "--print", str(tmp_path / "page.pdf"))
    assert trial.status == 1
    assert "is no PDF" in trial.error


def test_every_driver_is_listed_with_its_kind_and_its_settings(attempt: Attempt) -> None:
    trial = attempt("list-drivers", "--json")
    assert trial.status == 0
    rows = json.loads(trial.printed[0])
    assert [row["driver"] for row in rows] == list(driver_names())
    assert all(row["kind"] and row["grade"] for row in rows)
    assert next(row for row in rows if row["driver"] == "cups")["settings"][0] == "queue=TEXT"


@pytest.mark.parametrize("command", ["list-drivers", "try", "decode", "conform"])
def test_every_command_helps_with_an_example(attempt: Attempt, command: str) -> None:
    trial = attempt(command, "--help")
    assert trial.status == 0
    assert f"example: kiosk device {command}" in "".join(trial.printed)
