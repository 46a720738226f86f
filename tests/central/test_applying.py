"""A batch is used as if its events came one by one, whatever was there before, waits, or cannot be used."""

from typing import Any

import pytest

from contract.ids import new_id
from tests.central.server import Central
from tests.central.terminal import Terminal
from tests.central.test_lives import NEW
from tests.central.test_sync import count, deliver, refused
from tests.central.values import Journal, WrittenCase

STATES = "SELECT sequence, state, reason FROM inbox WHERE installation_id = :i ORDER BY sequence"


def settled(journal: Journal, case: WrittenCase, outcome: str, action: str | None = None) -> None:
    journal.append(
        {"kind": "print.settled", "case_id": case.id, "action_id": action or new_id(), "outcome": outcome, "sheets": 1}
    )


def states(central: Central, journal: Journal) -> list[tuple[Any, ...]]:
    return central.rows(STATES, i=journal.installation)


def test_events_that_come_one_by_one_and_all_together_leave_the_same(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    left = []
    for sizes in ([1] * 12, [12], [5, 7], [7, 5], [2, 2, 2, 2, 2, 2]):
        line = Journal(journal.kiosk)
        cases = [line.whole_case("failed"), line.whole_case()]
        first = 1
        for size in sizes:
            deliver(central, line.batch(*range(first, first + size)), terminal)
            first += size
        rows: list[Any] = []
        for case in cases:
            rows += central.rows(
                "SELECT c.stage, c.verdict, c.closed_as, c.template, c.language, c.applicant_name, p.outcome,"
                " p.sheets_intended, p.sheets_out, r.grade, r.at, d.pages, d.issued_at"
                " FROM cases c JOIN print_actions p ON p.case_id = c.id JOIN ratings r ON r.case_id = c.id"
                " JOIN documents d ON d.case_id = c.id WHERE c.id = :i",
                i=case.id,
            )
        left.append(rows)
    assert len(left[0]) == 2
    assert all(rows == left[0] for rows in left)


def test_prints_of_earlier_batches_count_for_the_verdict(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    case = journal.whole_case("failed")
    assert [found.verdict for found in deliver(central, journal.batch(), terminal).verdicts] == ["print-failed"]
    settled(journal, case, "sent")
    assert [found.verdict for found in deliver(central, journal.batch(7), terminal).verdicts] == ["issued"]
    settled(journal, case, "failed")
    assert [found.verdict for found in deliver(central, journal.batch(8), terminal).verdicts] == ["issued"]


def test_a_file_that_an_earlier_batch_named_holds_the_verdict_back(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    name = "cd" * 32
    journal.whole_case()
    journal.events[0]["body"]["case"]["attachments"] = [
        {"sha256": name, "size": 5, "media_type": "image/jpeg", "purpose": "photo"}
    ]
    deliver(central, journal.batch(1), terminal)
    assert deliver(central, journal.batch(2, 3, 4, 5, 6), terminal).verdicts == ()
    without = deliver(central, journal.batch() | {"blobs_lost": [name]}, terminal)
    assert [found.verdict for found in without.verdicts] == ["issued"]


def test_an_event_that_cannot_be_used_costs_nothing_that_came_with_it(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    taken = journal.whole_case()
    cases = [journal.whole_case() for _ in range(4)]
    journal.append({"kind": "print.intended", "case_id": new_id(), "action_id": new_id(), "sheets": 10**30})
    journal.events[13]["body"]["document"]["verification_code"] = taken.code
    journal.events[19]["body"]["document"]["verification_code"] = "0000-MALFORMED"
    journal.events[26]["body"]["action_id"] = taken.action
    journal.events[28]["body"]["extra"] = "of a later release"
    reply = deliver(central, journal.batch() | NEW, terminal)
    assert reply.acknowledged == 31
    assert [found.case_id for found in reply.verdicts] == [taken.id, *(case.id for case in cases)]
    numbers = central.rows("SELECT verdict_number FROM cases WHERE kiosk_id = :k ORDER BY id", k=journal.kiosk)
    assert numbers == [(number,) for number in range(1, 6)]
    aside = [(sequence, reason) for sequence, state, reason in states(central, journal) if state == "set-aside"]
    refused_codes, unknown = [(14, "code-taken"), (20, "malformed-code")], [(29, "not-understood")]
    assert aside == [*refused_codes, (27, "foreign-action"), *unknown, (31, "not-storable")]
    assert {state for _sequence, state, _reason in states(central, journal)} == {"applied", "set-aside"}
    assert count(central, "cases", journal) == 5
    assert count(central, "documents", journal) == 3
    assert count(central, "ratings", journal) == 5


def test_a_batch_that_closes_a_gap_takes_along_what_waited_behind_it(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.whole_case()
    journal.whole_case()
    deliver(central, journal.batch(1, 3, 4, 8, 9, 12), terminal)
    assert deliver(central, journal.batch(2, 5, 6, 10), terminal).acknowledged == 6
    assert states(central, journal)[6:] == [(sequence, "waiting", None) for sequence in (8, 9, 10, 12)]
    assert deliver(central, journal.batch(7, 11), terminal).acknowledged == 12
    assert states(central, journal) == [(sequence, "applied", None) for sequence in range(1, 13)]
    for table in ("cases", "documents", "print_actions", "ratings"):
        assert count(central, table, journal) == 2


def test_an_event_twice_in_one_batch_is_one_event(central: Central, journal: Journal, terminal: Terminal) -> None:
    journal.whole_case()
    assert deliver(central, journal.batch(1, 2, 2, 1, 3), terminal).acknowledged == 3
    assert count(central, "inbox", journal) == 3
    other = journal.batch(4, 4)
    other["events"][1] = other["events"][1] | {"at": "2026-11-21T09:00:00.000Z"}
    refused(central.post("/v1/sync", other, terminal), 422, "sequence-conflict")
    assert count(central, "inbox", journal) == 3


def test_events_far_apart_are_known_again(central: Central, journal: Journal, terminal: Terminal) -> None:
    journal.whole_case()
    far = journal.batch(1, 2)
    far["events"][1] = far["events"][1] | {"sequence": 2**61}
    assert deliver(central, far, terminal).acknowledged == 1
    assert deliver(central, far, terminal).acknowledged == 1
    assert [sequence for sequence, _state, _reason in states(central, journal)] == [1, 2**61]
    far["events"][1] = far["events"][1] | {"event_id": new_id()}
    refused(central.post("/v1/sync", far, terminal), 422, "sequence-conflict")


def test_a_lost_event_that_comes_with_the_ones_around_it_keeps_its_place(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    case = journal.whole_case()
    gone = {"lost": [{"first": 3, "last": 4}]}
    turn = deliver(central, journal.batch(1, 6) | NEW | gone, terminal)
    assert turn.acknowledged == 1
    reply = deliver(central, journal.batch(2, 3, 4, 5) | NEW | {"turn": turn.turn}, terminal)
    assert reply.acknowledged == 6
    assert [found.verdict for found in reply.verdicts] == ["issued"]
    assert states(central, journal) == [(sequence, "applied", None) for sequence in range(1, 7)]
    assert central.rows("SELECT stage FROM cases WHERE id = :i", i=case.id) == [("closed",)]


def test_twins_among_new_events_are_applied_once_and_the_new_ones_too(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    old = journal.whole_case("failed")
    settled(journal, old, "sent", old.action)
    deliver(central, journal.batch() | NEW, terminal)
    anew = Journal(journal.kiosk)
    fresh = anew.whole_case()
    for event in (journal.events[3], journal.events[5]):
        anew.append(event["body"])["event_id"] = event["event_id"]
    anew.append({"kind": "visit.rated", "visit_id": old.visit, "case_id": old.id, "grade": 5})
    reply = deliver(central, anew.batch() | NEW, terminal)
    assert [found.case_id for found in reply.verdicts] == [fresh.id]
    # Done again, the first print's failure would have come after its success.
    assert central.rows("SELECT verdict FROM cases WHERE id = :i", i=old.id) == [("issued",)]
    twins = [(7, "applied", "twin"), (8, "applied", "twin")]
    assert states(central, anew)[6:] == [*twins, (9, "applied", None)]


@pytest.mark.parametrize("name", ["a\tb\nc\\d\\N", "\\.", "N'; --", "\u0085\u2028😀", "%s ? :x {}", ""])
def test_a_name_is_kept_letter_by_letter(central: Central, journal: Journal, terminal: Terminal, name: str) -> None:
    case = journal.whole_case(facts=[{"label": {"zh": name or "x"}, "value": name}])
    journal.events[0]["body"]["case"]["applicant"]["name"] = name
    assert deliver(central, journal.batch(), terminal).acknowledged == 6
    assert {state for _sequence, state, _reason in states(central, journal)} == {"applied"}
    assert central.rows("SELECT applicant_name FROM cases WHERE id = :i", i=case.id) == [(name,)]
    assert central.get("/v1/documents/" + case.code).json()["facts"][0]["value"] == name


def test_a_letter_that_one_database_cannot_keep_blocks_nothing(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.whole_case()
    journal.events[0]["body"]["case"]["applicant"]["name"] = "a\x00b"
    other = journal.whole_case()
    reply = deliver(central, journal.batch(), terminal)
    assert reply.acknowledged == 12
    assert other.id in {found.case_id for found in reply.verdicts}
    (_sequence, state, reason), *others = states(central, journal)
    assert (state, reason) in {("applied", None), ("set-aside", "not-storable")}
    assert {found[1] for found in others} == {"applied"}
