"""Somebody checks a certificate at the terminal: with the paper that came out, with other codes, in trouble."""

import pytest

from tests.e2e.citizen import Citizen
from tests.e2e.hall import Hall
from tests.e2e.terminal import Glance, Terminal, wording

CHECK = "item-check-certificate"


@pytest.fixture
def paper(hall: Hall, citizen: Citizen) -> Citizen:
    """A citizen who went away with a paper; central knows of it."""
    citizen.to_the_record()
    citizen.print_and_go()
    hall.books.until_closed(citizen.receipt)
    return citizen


def to_the_scanner(hall: Hall) -> Terminal:
    terminal = hall.ready()
    terminal.log.mark()
    if not terminal.ask("touch", "begin"):
        terminal.ask("tap")
    terminal.touch(CHECK)
    terminal.until_sees("scan-state")
    return terminal


def shows_the_paper(glance: Glance, citizen: Citizen) -> None:
    name, number = citizen.card["name"], citizen.card["number"]
    assert f"{number[:6]}********{number[-4:]}" in glance.text_of("listed")
    assert name[0] in glance.text_of("listed")
    assert name not in glance.text_of("listed")


def test_printed_certificate_is_found_by_its_code_and_shown_masked(hall: Hall, paper: Citizen) -> None:
    terminal = to_the_scanner(hall)
    terminal.picture("scan")
    hall.do("code.scan_last_sheet")
    glance = terminal.until_sees("finding-good")
    terminal.picture("check-found")
    shows_the_paper(glance, paper)
    terminal.touch("leave")
    terminal.until_sees("goodbye")
    log = terminal.log.path.read_text("utf-8")
    code = hall.books.rows("select verification_code from documents order by issued_at desc limit 1")[0][0]
    assert terminal.log.find("code.read", symbology="qr")
    assert code not in log
    assert code not in terminal.every_word()


def test_code_that_is_none_of_a_certificate_is_refused_and_never_shown(hall: Hall, paper: Citizen) -> None:
    terminal = to_the_scanner(hall)
    stranger = "https://example.invalid/pay?account=778899"
    hall.do("code.scan", stranger)
    glance = terminal.until_sees("code-fault")
    assert wording("fault.code.not_ours.title") in glance.text_of("code-fault")
    assert wording("fault.code.not_ours.do") in glance.text_of("code-fault")
    terminal.picture("check-not-ours")
    assert "778899" not in terminal.every_word()
    assert "example.invalid" not in terminal.log.path.read_text("utf-8")
    hall.do("code.scan_last_sheet")
    shows_the_paper(terminal.until_sees("finding-good"), paper)


def test_code_that_nobody_issued_is_told_with_what_that_may_mean(hall: Hall) -> None:
    terminal = to_the_scanner(hall)
    hall.do("code.scan", "7K3M-9Q2X-H5T8-B4NT")
    glance = terminal.until_trouble("code.unknown")
    assert glance.sees("meanings")
    assert not glance.sees("nothing-submitted"), "nobody wanted to submit anything"
    terminal.picture("check-unknown")
    terminal.touch("again")
    terminal.until_sees("scan-state")


def test_scanner_pulled_out_is_told_and_goes_on_when_it_is_back(hall: Hall, paper: Citizen) -> None:
    terminal = to_the_scanner(hall)
    hall.do("code.unplug")
    glance = terminal.until_sees("scanner-fault")
    assert wording("fault.scanner.absent.title") in glance.text_of("scanner-fault")
    hall.do("code.plug")
    terminal.until_gone("scanner-fault")
    hall.do("code.scan_last_sheet")
    shows_the_paper(terminal.until_sees("finding-good"), paper)


def test_central_that_cannot_be_reached_says_nothing_about_the_paper(hall: Hall, paper: Citizen) -> None:
    terminal = to_the_scanner(hall)
    hall.do("cable.pull")
    hall.do("code.scan_last_sheet")
    terminal.until_trouble("central.unreachable")
    hall.do("cable.plug")
    terminal.touch("again")
    shows_the_paper(terminal.until_sees("finding-good"), paper)


def test_without_a_scanner_the_item_says_so_and_the_others_can_be_had(hall: Hall) -> None:
    hall.do("code.unplug")
    terminal = hall.ready()
    if not terminal.ask("touch", "begin"):
        terminal.ask("tap")
    terminal.touch("search")
    for letter in "HYZM":
        terminal.touch(f"key-{letter}")
    glance = terminal.until_says("fault.scanner.absent.short")
    assert wording("fault.scanner.absent.short") in glance.text_of(CHECK)
    terminal.touch("search-close")
    terminal.touch("item-insurance-certificate")
    terminal.until_sees("consent")
