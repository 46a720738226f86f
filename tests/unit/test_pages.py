"""What each page says, computed without a screen: outcomes as they are, people masked, reasons in words' keys."""

from dataclasses import replace

import pytest

from contract.cases import CaseStage, PrintOutcome
from contract.fault import Fault
from devices.values import CardFlag, DeviceState, DeviceStatus, Media
from kiosk_app.link.desk import CentralSeen
from tests.unit.documents import catalogue
from tests.visit_bench import ITEM, NAME, NUMBER, SITUATIONS, Hand, marks_in, reach
from ui import pages
from ui.page_values import ConsentPage, DonePage, JobPage, ReaderPage, ReviewPage, Shown, TroublePage
from ui.situation import shown

ABSENT = DeviceStatus(DeviceState.NO_DEVICE)


def shown_of(hand: Hand, before: Shown | None = None) -> Shown:
    return shown(hand.state, hand.facts, before if before is not None else Shown())


def of_all(hand: Hand) -> list[object]:
    """Every page as it is now, those that are not on the screen included."""
    return [
        pages.consent_page(hand.state),
        pages.reader_page(hand.state, hand.facts),
        pages.review_page(hand.state, hand.facts),
        pages.job_page(hand.state),
        pages.done_page(hand.state, hand.facts),
        pages.trouble_page(hand.state),
        pages.tiles(hand.state, hand.facts),
        shown_of(hand),
    ]


@pytest.mark.parametrize("place", ["Idle", *SITUATIONS, "Leaving"])
def test_no_page_holds_a_whole_name_or_number(place: str) -> None:
    assert not marks_in(of_all(reach(place)))


@pytest.mark.parametrize("place", ["Idle", "Leaving"])
def test_nothing_of_the_visit_is_on_any_page_after_it(place: str) -> None:
    hand = reach("Leaving")
    if place == "Idle":
        hand.wait_for_clock()
    fresh = [ConsentPage(), ReaderPage(), ReviewPage(), JobPage(), DonePage(), TroublePage(), ()]
    assert of_all(hand)[:-1] == fresh
    assert (shown_of(hand).who, shown_of(hand).item_title) == ("", "")


def test_who_the_machine_takes_the_citizen_for_is_masked() -> None:
    assert pages.who(reach("Asking").state) == f"{NAME[0]}***  {NUMBER[:6]}********{NUMBER[-4:]}"
    assert pages.who(reach("Identifying").state) == ""


def test_the_page_of_the_record_is_the_catalogue_s_choice_of_it() -> None:
    hand = reach("Reviewing")
    page = pages.review_page(hand.state, hand.facts)
    labels = [label for label, _ in page.facts]
    assert labels[:2] == ["姓名", "公民身份号码"]
    assert (page.headline_label, page.headline_value) == ("养老保险累计缴费", "148 个月")
    assert page.as_of == "2026年11月21日"
    assert len(page.rows) == 5
    assert all(len(row) == len(page.columns) for row in page.rows)
    hand.touch("language", "en")
    assert pages.review_page(hand.state, hand.facts).headline_value == "148 months"


def test_a_printer_that_fails_meanwhile_is_named_on_the_record() -> None:
    hand = reach("Reviewing")
    hand.facts = replace(hand.facts, printer=DeviceStatus(DeviceState.USER_ERROR, fault=Fault.of("printer.media_jam")))
    assert pages.review_page(hand.state, hand.facts).blocked == "printer.media_jam"


@pytest.mark.parametrize("outcome", list(PrintOutcome))
def test_the_last_page_says_the_outcome_and_no_other(outcome: PrintOutcome) -> None:
    hand = reach("Printing")
    hand.closes(outcome, "print.timed_out" if outcome is PrintOutcome.FAILED else None)
    page = pages.done_page(hand.state, hand.facts)
    assert (page.outcome, page.receipt) == (outcome.value, "D0001-20261121-0007")
    assert page.fault == ("print.timed_out" if outcome is PrintOutcome.FAILED else "")
    assert (page.grade, page.rated) == (0, False)


def test_a_case_that_nobody_closed_is_on_no_page_done() -> None:
    hand = reach("Printing")
    for stage in (CaseStage.COMMITTED, CaseStage.RENDERED, CaseStage.PRINTING):
        hand.progress(stage)
        assert pages.done_page(hand.state, hand.facts) == DonePage()
        assert pages.job_page(hand.state).stage < 2


def test_a_print_that_waits_says_for_what() -> None:
    hand = reach("Printing")
    hand.progress(CaseStage.PRINTING, held="printer.output_full")
    assert pages.job_page(hand.state) == JobPage(1, "D0001-20261121-0007", "printer.output_full")


def test_the_card_page_follows_card_and_reader() -> None:
    hand = reach("Identifying")
    assert pages.reader_page(hand.state, hand.facts) == ReaderPage()
    hand.see(Media.PRESENT)
    assert pages.reader_page(hand.state, hand.facts) == ReaderPage(found=True)
    hand.card_fault("card.lifted")
    assert pages.reader_page(hand.state, hand.facts) == ReaderPage(fault="card.lifted")
    hand.facts = replace(hand.facts, reader=ABSENT)
    assert pages.reader_page(hand.state, hand.facts).reader_fault == "reader.offline"
    hand.facts = replace(hand.facts, reader=None)
    assert pages.reader_page(hand.state, hand.facts).reader_fault == "reader.absent"
    hand.facts = replace(hand.facts, reader=DeviceStatus(DeviceState.STARTING))
    assert pages.reader_page(hand.state, hand.facts).reader_fault == ""


@pytest.mark.parametrize(
    ("code", "again"), [("central.unreachable", True), ("lookup.no_record", False), ("lookup.not_eligible", False)]
)
def test_trouble_offers_another_try_only_where_there_is_one(code: str, *, again: bool) -> None:
    hand = reach("Asking")
    hand.refuses_to_answer(code)
    page = pages.trouble_page(hand.state)
    assert (page.code, page.again, page.in_visit, page.receipt) == (code, again, True, "")


def test_who_may_not_have_the_paper_reads_the_item_s_own_reason() -> None:
    hand = reach("Asking")
    hand.refuses_to_answer("lookup.not_eligible")
    assert "2 号窗口" in str(pages.trouble_page(hand.state))
    other = reach("Identifying")
    other.card(CardFlag.EXPIRED)
    assert "2 号窗口" not in str(pages.trouble_page(other.state))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", True),
        ("cbzm", True),
        ("CBZM", True),
        ("cbz", True),
        ("SB", True),
        (" cb ", True),
        ("insur", True),
        ("社保", True),
        ("ZZZZ", False),
    ],
)
def test_an_item_is_found_by_initials_keywords_and_titles(typed: str, *, found: bool) -> None:
    assert pages.matches(catalogue().item(ITEM), typed) is found


def test_tiles_stand_in_the_catalogue_s_order_and_say_why_they_are_closed() -> None:
    hand = reach("Choosing")
    assert [tile.item_id for tile in pages.tiles(hand.state, hand.facts)] == [item.id for item in catalogue().items]
    assert not any(tile.fault for tile in pages.tiles(hand.state, hand.facts))
    hand.facts = replace(hand.facts, printer=None)
    closed = {tile.item_id: tile.fault for tile in pages.tiles(hand.state, hand.facts)}
    assert closed[ITEM] == "printer.absent"


def test_the_steps_of_an_item_are_counted_as_a_citizen_counts() -> None:
    hand = reach("Consenting")
    assert shown_of(hand).step_kinds == ("notice", "identify", "review", "print")
    places = [shown_of(reach(place)).step_index for place in SITUATIONS[1:-1]]
    assert places == [0, 1, 2, 2, 3, 3, 3]


def test_forward_slides_one_way_and_back_the_other() -> None:
    hand = reach("Choosing")
    page = shown_of(hand, shown_of(Hand()))
    assert page.forward
    hand.touch("item", ITEM)
    page = shown_of(hand, page)
    assert page.forward
    hand.touch("back")
    assert not shown_of(hand, page).forward


def test_the_countdown_is_rounded_up_and_never_below_zero() -> None:
    hand = reach("Choosing")
    assert (shown_of(hand).asking, shown_of(hand).seconds_left) == (False, 0)
    hand.wait_for_clock()
    assert (shown_of(hand).asking, shown_of(hand).seconds_left) == (True, 30)
    hand.facts = replace(hand.facts, now=hand.facts.now + 29.2)
    assert shown_of(hand).seconds_left == 1
    hand.facts = replace(hand.facts, now=hand.facts.now + 100)
    assert shown_of(hand).seconds_left == 0


def test_the_last_page_ends_by_itself_without_asking_anybody() -> None:
    page = shown_of(reach("Finished"))
    assert (page.asking, page.seconds_left) == (False, 45)


def test_a_line_that_is_down_is_said_once_it_is_known() -> None:
    hand = reach("Choosing")
    assert shown_of(hand).online
    hand.facts = replace(hand.facts, central=CentralSeen(reachable=False, undelivered=1))
    assert not shown_of(hand).online


def test_out_of_service_is_a_page_that_nobody_there_can_do_anything_about() -> None:
    hand = reach("Idle")
    hand.facts = replace(hand.facts, in_service=False)
    page = pages.trouble_page(hand.state, in_service=False)
    assert (page.code, page.stands, page.in_visit) == ("terminal.out_of_service", True, False)
    assert shown_of(hand).situation == "Apologising"
    hand.touch("begin")
    assert hand.name == "Idle", "nobody can begin"
    assert pages.trouble_page(hand.state).code == ""


def test_visit_that_runs_is_not_cut_off_by_going_out_of_service() -> None:
    hand = reach("Choosing")
    hand.facts = replace(hand.facts, in_service=False)
    assert shown_of(hand).situation == "Choosing"
    assert pages.trouble_page(hand.state, in_service=False).code == ""
