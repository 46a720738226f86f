"""What a terminal delivers arrives once, whole and in order, whatever the line or a terminal does."""

import copy
import gzip
import hashlib
import json
import threading
from typing import Any

import pytest
import requests

from contract.ids import new_id
from contract.sync import SyncReply
from tests.central.server import PATIENCE_S, Central
from tests.central.terminal import Terminal
from tests.central.values import NUMBER, Journal


def deliver(central: Central, batch: dict[str, Any], terminal: Terminal) -> SyncReply:
    response = central.post("/v1/sync", batch, terminal)
    assert response.status_code == 200, response.text
    return SyncReply.model_validate_json(response.content)


def refused(response: requests.Response, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["type"] == f"urn:kiosk:problem:{kind}"
    return problem


def count(central: Central, table: str, journal: Journal) -> int:
    """Count the rows that came of the installation's events."""
    if table in {"inbox", "cases"}:
        query = f"SELECT count(*) FROM {table} WHERE installation_id = :i"  # noqa: S608 - our own table names
    else:
        query = f"SELECT count(*) FROM {table} t JOIN cases c ON c.id = t.case_id WHERE c.installation_id = :i"  # noqa: S608
    ((found,),) = central.rows(query, i=journal.installation)
    return int(found)


def test_a_whole_case_arrives_and_gets_its_verdict(central: Central, journal: Journal, terminal: Terminal) -> None:
    case = journal.whole_case()
    reply = deliver(central, journal.batch(), terminal)
    assert reply.acknowledged == 6
    assert [(verdict.case_id, verdict.verdict) for verdict in reply.verdicts] == [(case.id, "issued")]
    assert reply.catalogue is None
    assert central.rows(
        "SELECT stage, verdict, item_id, applicant_document_number FROM cases WHERE id = :i", i=case.id
    ) == [("closed", "issued", "insurance-certificate", NUMBER)]
    assert central.rows("SELECT outcome, sheets_out FROM print_actions WHERE action_id = :i", i=case.action) == [
        ("sent", 1)
    ]
    assert central.rows("SELECT grade FROM ratings WHERE case_id = :i", i=case.id) == [(2,)]


@pytest.mark.parametrize(
    ("outcome", "verdict"), [("failed", "print-failed"), ("unknown", "print-unknown"), ("none", "not-printed")]
)
def test_a_print_that_did_not_come_out_is_never_called_issued(
    central: Central, journal: Journal, terminal: Terminal, outcome: str, verdict: str
) -> None:
    journal.whole_case(outcome)
    assert [found.verdict for found in deliver(central, journal.batch(), terminal).verdicts] == [verdict]


def test_a_case_that_is_still_printing_has_no_verdict(central: Central, journal: Journal, terminal: Terminal) -> None:
    journal.whole_case()
    assert deliver(central, journal.batch(1, 2, 3), terminal).verdicts == ()


def test_the_same_batch_again_gets_the_same_answer_and_doubles_nothing(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.whole_case()
    first = deliver(central, journal.batch(), terminal)
    for _ in range(3):
        again = deliver(central, journal.batch(), terminal)
        assert again.model_copy(update={"server_time": first.server_time}) == first
    assert count(central, "inbox", journal) == 6
    for table in ("cases", "documents", "print_actions", "ratings"):
        assert count(central, table, journal) == 1


def test_a_batch_sent_on_several_lines_at_once_is_taken_in_once(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.whole_case()
    acknowledged: list[int] = []

    def send() -> None:
        with requests.Session() as line:
            response = line.post(f"{central.address}/v1/sync", json=journal.batch(), auth=terminal, timeout=PATIENCE_S)
            acknowledged.append(response.json().get("acknowledged", response.status_code))

    lines = [threading.Thread(target=send) for _ in range(6)]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    assert acknowledged == [6] * 6
    assert count(central, "inbox", journal) == 6


def test_another_body_for_a_known_sequence_is_refused_whole(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.whole_case()
    deliver(central, journal.batch(1, 2), terminal)
    turned_back = copy.deepcopy(journal.batch(2, 3))
    turned_back["events"][0]["body"]["document"]["pages"] = 2
    problem = refused(central.post("/v1/sync", turned_back, terminal), 422, "sequence-conflict")
    assert problem["sequence"] == 2
    assert count(central, "inbox", journal) == 2
    assert deliver(central, journal.batch(), terminal).acknowledged == 6


def test_keys_in_another_order_are_the_same_event(central: Central, journal: Journal, terminal: Terminal) -> None:
    journal.whole_case()
    deliver(central, journal.batch(), terminal)
    turned = dict(reversed(journal.batch().items()))
    turned["events"] = [
        {"body": dict(reversed(event["body"].items())), **{key: event[key] for key in ("at", "event_id", "sequence")}}
        for event in journal.events
    ]
    assert deliver(central, turned, terminal).acknowledged == 6


@pytest.mark.parametrize("forgotten", [False, True])
def test_an_event_that_an_earlier_release_took_in_is_known_again(
    central: Central, journal: Journal, terminal: Terminal, *, forgotten: bool
) -> None:
    """It kept events with their keys sorted, and the hash of that; a body may be forgotten since (retention)."""
    journal.whole_case()
    deliver(central, journal.batch(), terminal)
    for event in journal.events:
        whole, body = (
            json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
            for said in ({key: event[key] for key in ("at", "body", "event_id", "sequence")}, event["body"])
        )
        central.change(
            "UPDATE inbox SET sha256 = :hash, body = :body WHERE installation_id = :i AND sequence = :s",
            hash=hashlib.sha256(whole.encode()).hexdigest(),
            body="" if forgotten else body,
            i=journal.installation,
            s=event["sequence"],
        )
    assert deliver(central, journal.batch(), terminal).acknowledged == 6
    turned_back = copy.deepcopy(journal.batch(2))
    turned_back["events"][0]["body"]["document"]["pages"] = 2
    refused(central.post("/v1/sync", turned_back, terminal), 422, "sequence-conflict")


def test_a_sequence_that_is_twice_in_a_batch_must_say_the_same_twice(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.whole_case()
    twice = journal.batch(1, 2, 2)
    twice["events"][2] = dict(twice["events"][2], body=dict(reversed(twice["events"][2]["body"].items())))
    assert deliver(central, twice, terminal).acknowledged == 2
    other = journal.batch(3, 3)
    other["events"][1] = dict(other["events"][1], body=other["events"][1]["body"] | {"sheets": 7})
    refused(central.post("/v1/sync", other, terminal), 422, "sequence-conflict")
    assert count(central, "inbox", journal) == 2


def test_events_behind_a_gap_are_kept_but_acknowledged_only_when_it_closes(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    case = journal.whole_case()
    reply = deliver(central, journal.batch(1, 2, 4, 5, 6), terminal)
    assert reply.acknowledged == 2
    assert reply.verdicts == ()
    assert reply.next_delay_s < 30
    assert count(central, "inbox", journal) == 5
    closed = deliver(central, journal.batch(3), terminal)
    assert closed.acknowledged == 6
    assert [verdict.verdict for verdict in closed.verdicts] == ["issued"]
    assert central.rows("SELECT stage FROM cases WHERE id = :i", i=case.id) == [("closed",)]


def test_events_in_any_order_within_a_batch_are_applied_by_sequence(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    case = journal.whole_case()
    assert deliver(central, journal.batch(6, 4, 2, 5, 3, 1), terminal).acknowledged == 6
    assert central.rows("SELECT stage FROM cases WHERE id = :i", i=case.id) == [("closed",)]


def test_an_event_that_central_does_not_know_never_blocks_the_line(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    journal.append({"kind": "case.teleported", "case_id": new_id(), "where": {"a": [1, None, "\x00"]}})
    journal.append({"kind": "case.closed", "case_id": new_id(), "outcome": "sent", "new_key": 1})
    journal.append({"kind": "print.intended", "case_id": new_id(), "action_id": new_id(), "sheets": 10**30})
    journal.append({"kind": "case.rendered", "document": {"case_id": new_id()}})
    case = journal.whole_case()
    reply = deliver(central, journal.batch(), terminal)
    assert reply.acknowledged == 10
    assert [verdict.case_id for verdict in reply.verdicts] == [case.id]
    states = central.rows(
        "SELECT state, reason FROM inbox WHERE installation_id = :i ORDER BY sequence", i=journal.installation
    )
    assert states[:4] == [
        ("set-aside", "not-understood"),
        ("set-aside", "not-understood"),
        ("set-aside", "not-storable"),
        ("set-aside", "not-understood"),
    ]
    assert set(states[4:]) == {("applied", None)}


def test_a_terminal_cannot_touch_another_terminals_case_or_code(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    case = journal.whole_case()
    deliver(central, journal.batch(), terminal)
    thief = Journal(f"{journal.kiosk}-x")
    thief.append({"kind": "case.closed", "case_id": case.id, "outcome": "failed"})
    thief.append({"kind": "visit.rated", "visit_id": case.visit, "case_id": case.id, "grade": 1})
    forged = thief.whole_case()
    thief.events[3]["body"]["document"]["verification_code"] = case.code
    reply = deliver(central, thief.batch(), central.enrol(thief.kiosk))
    assert reply.acknowledged == 8
    assert [verdict.case_id for verdict in reply.verdicts] == [forged.id]
    refusals = "SELECT sequence, reason FROM inbox WHERE installation_id = :i AND state = 'set-aside' ORDER BY sequence"
    assert central.rows(refusals, i=thief.installation) == [(1, "foreign-case"), (2, "foreign-case"), (4, "code-taken")]
    assert central.rows("SELECT grade FROM ratings WHERE case_id = :i", i=case.id) == [(2,)]
    assert central.rows("SELECT case_id FROM documents WHERE verification_code = :c", c=case.code) == [(case.id,)]


def test_a_rating_that_was_given_is_not_overwritten_by_leaving(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    case = journal.whole_case()
    journal.append({"kind": "visit.rated", "visit_id": case.visit, "case_id": case.id, "grade": None})
    deliver(central, journal.batch(), terminal)
    assert central.rows("SELECT grade FROM ratings WHERE case_id = :i", i=case.id) == [(2,)]


def test_a_second_print_that_failed_does_not_take_the_first_paper_back(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    case = journal.whole_case()
    journal.append({"kind": "print.settled", "case_id": case.id, "action_id": new_id(), "outcome": "failed"})
    assert [found.verdict for found in deliver(central, journal.batch(), terminal).verdicts] == ["issued"]


def test_a_terminal_with_an_older_catalogue_gets_the_one_in_force(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    given = deliver(central, journal.batch(catalogue_version=0), terminal).catalogue
    assert given is not None
    assert given.version == 1


def test_health_is_kept_and_a_strange_report_does_no_harm(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    health = {"release": "1", "started_at": "x", "at": "y", "undelivered": 0, "disk_free_mb": 5}
    deliver(central, journal.batch() | {"health": health}, terminal)
    deliver(central, journal.batch() | {"health": {"mood": "good"}}, terminal)
    ((kept, seen),) = central.rows("SELECT health, last_seen_at FROM kiosks WHERE id = :k", k=journal.kiosk)
    assert (json.loads(kept) if isinstance(kept, str) else kept)["disk_free_mb"] == 5
    assert seen


def test_without_a_signature_nothing_is_taken_in(central: Central, journal: Journal) -> None:
    journal.whole_case()
    response = central.post("/v1/sync", journal.batch(), None)
    refused(response, 401, "no-signature")
    assert response.headers["WWW-Authenticate"] == "Signature"
    assert count(central, "inbox", journal) == 0


def test_a_terminal_cannot_speak_for_another(central: Central, journal: Journal, terminal: Terminal) -> None:
    refused(central.post("/v1/sync", Journal("demo-9999").batch(), terminal), 403, "wrong-kiosk")
    deliver(central, journal.batch(), terminal)
    other = Journal(f"{journal.kiosk}-y", journal.installation)
    refused(central.post("/v1/sync", other.batch(), central.enrol(other.kiosk)), 403, "wrong-installation")


def test_another_protocol_is_refused_by_name(central: Central, journal: Journal, terminal: Terminal) -> None:
    refused(central.post("/v1/sync", journal.batch() | {"protocol": 2}, terminal), 422, "wrong-protocol")


def test_a_packed_batch_is_taken_in_like_a_plain_one(central: Central, journal: Journal, terminal: Terminal) -> None:
    journal.whole_case()
    packed = gzip.compress(json.dumps(journal.batch()).encode())
    response = requests.post(
        f"{central.address}/v1/sync",
        data=packed,
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
        auth=terminal,
        timeout=PATIENCE_S,
    )
    assert response.json()["acknowledged"] == 6
    assert deliver(central, journal.batch(), terminal).acknowledged == 6
