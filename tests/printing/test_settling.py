"""A terminal killed in mid-print and started again: what it finds out, and that it prints nothing."""

from contract.cases import PrintOutcome
from devices.deadline import Deadline
from devices.drivers.cups_device import WitnessedPrinter
from devices.drivers.cups_follow import Follow, Teller
from devices.drivers.cups_printer import CupsPrinter
from devices.drivers.cups_spooler import Spooler
from devices.sim.printer_ipp import PrintBench
from tests.print_rig import (
    PATIENCE_S,
    DoomedPrint,
    a_job,
    abandon_at_printer,
    code_of,
    print_another,
    sheets_of,
    wait_until_spooler_is_done,
)


def test_terminal_killed_while_it_waited_for_paper_handed_nothing_over(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.empty_paper()
    job = a_job()
    doomed = DoomedPrint(bench, job)
    doomed.wait_until_it_says("printer.media_empty")
    doomed.kill()
    settled = printer.settle(job.action)
    assert (settled.outcome, code_of(settled)) == (PrintOutcome.FAILED, "print.interrupted")
    bench.load_paper()
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_terminal_killed_while_the_sheet_was_coming_lets_it_come(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.hold_next_job()
    job = a_job()
    doomed = DoomedPrint(bench, job)
    bench.wait_until_it_has(job.action)
    doomed.kill()
    bench.release()
    assert printer.settle(job.action).outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def test_terminal_killed_with_the_job_stuck_takes_the_job_back(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.empty_paper_during_next_job()
    job = a_job()
    doomed = DoomedPrint(bench, job)
    doomed.wait_until_it_says("printer.media_empty")
    doomed.kill()
    settled = printer.settle(job.action)
    assert (settled.outcome, code_of(settled)) == (PrintOutcome.FAILED, "print.interrupted")
    bench.load_paper()
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_terminal_killed_after_the_print_still_learns_that_it_was_sent(bench: PrintBench, printer: CupsPrinter) -> None:
    job = a_job()
    doomed = DoomedPrint(bench, job)
    bench.wait_for_sheets(len(bench.tray()) + 1)
    doomed.kill()
    wait_until_spooler_is_done(bench, job.action)
    assert printer.settle(job.action).outcome is PrintOutcome.SENT
    assert printer.settle(job.action).outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def test_terminal_and_printer_both_lost_power_in_mid_job(bench: PrintBench, printer: CupsPrinter) -> None:
    print_another(bench, printer)
    bench.hold_next_job()
    job = a_job()
    doomed = DoomedPrint(bench, job)
    bench.wait_until_it_has(job.action)
    doomed.kill()
    bench.power_off()
    bench.kill_spooler()
    bench.start_spooler()
    bench.release()
    bench.power_on()
    assert printer.settle(job.action).outcome is PrintOutcome.UNKNOWN
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_printer_switched_off_and_on_twice_while_nobody_looked_leaves_doubt(bench: PrintBench) -> None:
    """On for a moment only, its up-time does not tell its two lives apart, and the spooler believes the first."""
    bench.power_off()
    bench.power_on()
    job = a_job()
    spooler, witness = Spooler(bench.server, bench.queue), WitnessedPrinter(bench.uri, "kiosk")
    follow = Follow(spooler, witness, job.action, job.sheets, Teller(lambda _fault: None))
    follow.begin_at(witness.look())
    bench.hold_next_job()
    spooler.send(spooler.create(job.action), job.pdf)
    bench.wait_until_it_has(job.action)
    bench.power_off()
    bench.power_on()
    bench.release()
    wait_until_spooler_is_done(bench, job.action)
    assert follow.to_end(Deadline(PATIENCE_S), "print.timed_out").outcome is PrintOutcome.UNKNOWN
    assert sheets_of(bench, job.action) == 0
    witness.close()
    spooler.close()


def test_job_that_a_killed_spooler_left_at_the_printer_keeps_nobody_waiting(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    """Its name stands there, its document never came: the printer would be busy with it for good."""
    job = a_job()
    assert printer.print(job, Deadline(PATIENCE_S), lambda _fault: None).outcome is PrintOutcome.SENT
    abandon_at_printer(bench, job.action)
    print_another(bench, printer)


def test_job_of_a_killed_spooler_and_a_killed_terminal_is_taken_back_from_the_printer(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    job = a_job()
    spooler = Spooler(bench.server, bench.queue)
    spooler.cancel(spooler.create(job.action))
    spooler.close()
    abandon_at_printer(bench, job.action)
    assert printer.settle(job.action).outcome is PrintOutcome.UNKNOWN
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_job_that_only_the_printer_knows_is_taken_back_from_it(bench: PrintBench, printer: CupsPrinter) -> None:
    job = a_job()
    abandon_at_printer(bench, job.action)
    assert printer.settle(job.action).outcome is PrintOutcome.UNKNOWN
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_job_of_somebody_else_at_the_printer_is_left_alone(bench: PrintBench, printer: CupsPrinter) -> None:
    theirs = a_job().action
    abandon_at_printer(bench, theirs)
    assert printer.settle(a_job().action).outcome is PrintOutcome.UNKNOWN
    witness = WitnessedPrinter(bench.uri, "kiosk")
    job = witness.look(theirs).job
    witness.withdraw(theirs)
    witness.close()
    assert job is not None
    assert not job.state.over
