"""A disk that was copied or set back is noticed, and a central that was set back forgets nothing silently."""

from typing import Any

import pytest

from central import lives
from contract.sync import SyncReply
from tests.central.server import Central
from tests.central.terminal import Terminal
from tests.central.test_enrolment import enrolled, write
from tests.central.test_sync import deliver, refused
from tests.central.values import Journal

NEW: dict[str, Any] = {"verdict_cursor": 0}


def test_a_terminal_gets_a_turn_with_new_events_and_a_lost_reply_costs_nothing(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    first = deliver(central, journal.batch() | NEW, terminal)
    assert deliver(central, journal.batch() | NEW, terminal).turn == first.turn  # the reply was lost
    journal.whole_case()
    second = deliver(central, journal.batch() | NEW | {"turn": first.turn}, terminal)
    assert second.turn not in {None, first.turn}
    again = deliver(central, journal.batch() | NEW | {"turn": first.turn}, terminal)
    assert again.turn == second.turn
    quiet = deliver(central, journal.batch() | NEW | {"turn": second.turn}, terminal)
    assert quiet.turn == second.turn  # nothing new: nothing for the terminal to write down


def test_a_disk_that_was_set_back_is_noticed_and_goes_on_as_a_new_installation(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    turn = deliver(central, journal.batch() | NEW, terminal).turn
    old = turn
    for _ in range(2):
        journal.whole_case()
        turn = deliver(central, journal.batch() | NEW | {"turn": turn}, terminal).turn
    refused(central.post("/v1/sync", journal.batch() | NEW | {"turn": old}, terminal), 409, "copied-installation")
    refused(central.post("/v1/sync", journal.batch() | NEW, terminal), 409, "copied-installation")
    anew = Journal(journal.kiosk)
    case = anew.whole_case()
    reply = deliver(central, anew.batch() | NEW, terminal)
    assert [verdict.case_id for verdict in reply.verdicts] == [case.id]
    # The other life of the disk, if it still lives, hears that it was replaced.
    refused(central.post("/v1/sync", journal.batch() | NEW | {"turn": turn}, terminal), 409, "copied-installation")


def test_what_an_earlier_life_delivered_is_not_done_twice(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    case = journal.whole_case()
    deliver(central, journal.batch() | NEW, terminal)
    anew = Journal(journal.kiosk, events=[*journal.events])
    anew.append({"kind": "visit.rated", "visit_id": case.visit, "case_id": case.id, "grade": 5})
    reply = deliver(central, anew.batch() | NEW, terminal)
    assert reply.acknowledged == 7
    states = "SELECT DISTINCT state, reason FROM inbox WHERE installation_id = :i AND sequence < 7"
    assert central.rows(states, i=anew.installation) == [("applied", "twin")]
    assert central.rows("SELECT count(*) FROM cases WHERE kiosk_id = :k", k=journal.kiosk) == [(1,)]


def test_an_identity_in_two_places_is_suspended_until_it_is_enrolled_again(
    central: Central, terminal: Terminal
) -> None:
    for _ in range(lives.LIVES_A_DAY):
        deliver(central, Journal(terminal.kiosk).batch() | NEW, terminal)
    one_more = Journal(terminal.kiosk)
    refused(central.post("/v1/sync", one_more.batch() | NEW, terminal), 403, "identity-copied")
    refused(central.post("/v1/sync", one_more.batch() | NEW, terminal), 403, "identity-copied")
    fresh = Terminal(terminal.kiosk)
    enrolled(central, fresh, central.code(terminal.kiosk))
    write(central, "UPDATE installations SET first_seen_at = '2020' WHERE kiosk_id = :k", k=terminal.kiosk)
    deliver(central, one_more.batch() | NEW, fresh)


def test_a_terminal_of_an_earlier_release_is_told_nothing_that_it_would_refuse(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.whole_case()
    response = central.post("/v1/sync", journal.batch(), terminal)
    assert set(response.json()) == {"acknowledged", "verdicts", "catalogue", "next_delay_s", "server_time"}


def test_an_installation_that_never_had_earlier_numbers_waits_for_none(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.whole_case()
    reply = deliver(central, journal.batch(4, 5, 6) | NEW | {"first_sequence": 4}, terminal)
    assert reply.acknowledged == 6


def test_verdicts_are_told_once_in_order_and_again_after_a_lost_reply(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    cases = [journal.whole_case() for _ in range(3)]
    first = deliver(central, journal.batch() | NEW, terminal)
    assert [verdict.case_id for verdict in first.verdicts] == [case.id for case in cases]
    base = {"turn": first.turn, "verdict_cursor": first.verdict_cursor}
    assert deliver(central, journal.batch(1) | base, terminal).verdicts == ()
    partly = deliver(central, journal.batch(1) | base | {"verdict_cursor": (first.verdict_cursor or 0) - 1}, terminal)
    assert [verdict.case_id for verdict in partly.verdicts] == [cases[2].id]


def _set_back(central: Central, journal: Journal, to: int) -> None:
    """Do to one installation what restoring an older backup does: nothing is known of later events."""
    write(central, "DELETE FROM inbox WHERE installation_id = :i AND sequence > :n", i=journal.installation, n=to)
    any_turn = "UPDATE installations SET acknowledged = :n, turn = :t, turn_before = NULL WHERE id = :i"
    write(central, any_turn, i=journal.installation, n=to, t=lives.ANY_TURN)


@pytest.fixture
def forgotten(central: Central, journal: Journal, terminal: Terminal) -> SyncReply:
    """A terminal of twelve delivered events, and a central that remembers two of them."""
    journal.whole_case()
    journal.whole_case()
    turn = deliver(central, journal.batch() | NEW, terminal).turn
    _set_back(central, journal, 2)
    reply = deliver(central, journal.batch() | {"events": []} | NEW | {"turn": turn}, terminal)
    assert reply.acknowledged == 2
    return reply


def test_events_that_nobody_has_any_more_are_written_down_by_number_and_the_line_goes_on(
    central: Central, journal: Journal, terminal: Terminal, forgotten: SyncReply
) -> None:
    again = journal.batch(7, 8, 9, 10, 11, 12) | NEW | {"turn": forgotten.turn, "lost": [{"first": 3, "last": 6}]}
    assert deliver(central, again, terminal).acknowledged == 12
    lost = "SELECT sequence FROM inbox WHERE installation_id = :i AND state = 'lost' ORDER BY sequence"
    assert central.rows(lost, i=journal.installation) == [(3,), (4,), (5,), (6,)]
    assert '"event": "events.lost"' in central.log.read_text()


def test_a_lost_event_that_turns_up_is_taken_in_after_all(
    central: Central, journal: Journal, terminal: Terminal, forgotten: SyncReply
) -> None:
    gone = {"lost": [{"first": 3, "last": 6}], "turn": forgotten.turn}
    reply = deliver(central, journal.batch(7, 8, 9, 10, 11, 12) | NEW | gone, terminal)
    found = deliver(central, journal.batch(3, 4, 5, 6) | NEW | {"turn": reply.turn}, terminal)
    assert found.acknowledged == 12
    states = "SELECT DISTINCT state FROM inbox WHERE installation_id = :i"
    assert central.rows(states, i=journal.installation) == [("applied",)]


def test_what_central_has_is_never_lost_whatever_a_terminal_says(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.whole_case()
    deliver(central, journal.batch(1, 2, 4) | NEW, terminal)
    reply = deliver(central, journal.batch() | {"events": []} | NEW | {"lost": [{"first": 1, "last": 4}]}, terminal)
    assert reply.acknowledged == 4
    states = "SELECT sequence, state FROM inbox WHERE installation_id = :i ORDER BY sequence"
    assert central.rows(states, i=journal.installation) == [
        (1, "applied"), (2, "applied"), (3, "lost"), (4, "applied"),
    ]  # fmt: skip
