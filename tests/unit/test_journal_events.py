"""The journal: gapless, append-only, forgetful only of what central holds; and the fold of a case."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2 as sqlcipher

from contract.cases import (
    CaseClosed,
    CaseRendered,
    CaseStage,
    EventBody,
    JournalEvent,
    PrintIntended,
    PrintOutcome,
    PrintSettled,
    VisitRated,
)
from contract.documents import IssuedDocument
from contract.ids import ActionId, CaseId, KioskId, VisitId
from contract.text import Text
from offline_cache.cache import DATABASE, STORE, Cache, open_cache
from offline_cache.cases import CaseRecord, fold
from offline_cache.database import Database
from offline_cache.receipts import is_receipt_number, receipt_number
from offline_cache.trouble import OutOfOrder
from tests.journal_values import PLANTED, committed, key_of

AT = "2026-01-02T03:04:05.678Z"
KIOSK = KioskId("demo-0001")
ACTION = ActionId("action")


def rendered(case: CaseId) -> CaseRendered:
    return CaseRendered(
        document=IssuedDocument(
            case_id=case,
            template="t",
            template_version=1,
            title=Text({"zh": "证明"}),
            verification_code="0" * 16,
            sha256="0" * 64,
            pages=1,
            issued_at=AT,
        )
    )


def intended(case: CaseId, action: ActionId = ACTION) -> PrintIntended:
    return PrintIntended(case_id=case, action_id=action, sheets=1)


def settled(case: CaseId, outcome: PrintOutcome, action: ActionId = ACTION) -> PrintSettled:
    return PrintSettled(case_id=case, action_id=action, outcome=outcome)


def closed(case: CaseId, outcome: PrintOutcome) -> CaseClosed:
    return CaseClosed(case_id=case, outcome=outcome)


def printed(cache: Cache, case: CaseId) -> None:
    """Take a case the ordinary way to its end."""
    action = ActionId(f"print of {case}")
    cache.record((rendered(case),), AT)
    cache.record((intended(case, action),), AT)
    cache.record((settled(case, PrintOutcome.SENT, action), closed(case, PrintOutcome.SENT)), AT)


def test_second_intent_for_a_case_is_refused_and_nothing_of_the_transaction_stays(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    case = committed(cache, "visit").case_id
    cache.record((rendered(case), intended(case)), AT)
    with pytest.raises(OutOfOrder):
        cache.record((VisitRated(visit_id=VisitId("visit"), case_id=case, grade=1), intended(case)), AT)
    assert cache.journal.last == 3
    record = cache.cases.find(case)
    assert record is not None
    assert not record.rated
    cache.close()


def test_event_of_a_case_that_is_not_here_is_refused(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    with pytest.raises(OutOfOrder):
        cache.record((closed(CaseId("nowhere"), PrintOutcome.NONE),), AT)
    assert cache.journal.last == 0
    cache.close()


def test_tail_is_bounded_by_count_and_bytes_and_never_empty_while_something_waits(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    for number in range(10):
        committed(cache, f"visit-{number}")
    assert [event.sequence for event in cache.tail(0, 4, 1_000_000)] == [1, 2, 3, 4]
    assert [event.sequence for event in cache.tail(0, 10, 1)] == [1]
    assert [event.sequence for event in cache.tail(2, 3, 1_000_000, {4, 5})] == [3, 6, 7]
    cache.acknowledge(9)
    assert [event.sequence for event in cache.tail(0, 10, 1_000_000)] == [10]
    one = cache.tail(0, 1, 1)[0]
    assert JournalEvent.model_validate_json(one.json) == cache.journal.events()[-1]
    assert PLANTED not in repr(one)
    cache.close()


def test_open_case_keeps_its_bodies_though_central_has_them(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    done, waiting = committed(cache, "a").case_id, committed(cache, "b").case_id
    printed(cache, done)
    assert cache.acknowledge(cache.journal.last) == (done,)
    assert cache.forget_delivered() == 5
    assert cache.forget_delivered() == 0
    assert [event.sequence for event in cache.journal.events()] == [2]
    printed(cache, waiting)
    assert cache.forget_delivered() == 0, "central has not all of it yet"
    assert cache.acknowledge(cache.journal.last) == (waiting,)
    assert cache.forget_delivered() == 5
    assert [record.outcome for record in map(cache.cases.find, (done, waiting)) if record] == [PrintOutcome.SENT] * 2
    cache.close()


def test_rating_after_the_delivery_is_delivered_too(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    case = committed(cache, "a")
    printed(cache, case.case_id)
    cache.acknowledge(5)
    cache.forget_delivered()
    cache.record((VisitRated(visit_id=case.visit_id, case_id=case.case_id, grade=None),), AT)
    assert cache.journal.undelivered == 1
    assert cache.acknowledge(6) == (case.case_id,)
    assert cache.forget_delivered() == 1
    cache.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal WHERE sequence = 1",
        "UPDATE journal SET body = '{}' WHERE sequence = 1",
        "UPDATE journal SET body = NULL WHERE sequence = 2",
        "UPDATE journal SET sequence = 7 WHERE sequence = 2",
        "INSERT INTO journal SELECT 9, 'new', at, kind, case_id, body FROM journal WHERE sequence = 1",
        "INSERT INTO journal SELECT 3, 'new', at, kind, 'nowhere', body FROM journal WHERE sequence = 1",
    ],
)
def test_database_itself_refuses_to_rewrite_the_journal(tmp_path: Path, statement: str) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    committed(cache, "a")
    committed(cache, "b")
    cache.acknowledge(1)
    cache.close()
    database = Database(tmp_path / STORE / DATABASE, key_of(tmp_path))
    with pytest.raises(sqlcipher.IntegrityError), database.transaction():
        database.run(statement)
    assert database.row("SELECT count(*), count(body) FROM journal") == (2, 2)
    database.close()


def test_acknowledgement_beyond_the_end_is_refused_and_one_below_changes_nothing(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    for visit in "abc":
        committed(cache, visit)
    with pytest.raises(ValueError, match="beyond"):
        cache.acknowledge(4)
    assert cache.journal.acknowledged == 0
    cache.acknowledge(2)
    assert cache.acknowledge(1) == ()
    assert cache.journal.acknowledged == 2
    cache.close()


CASE = CaseId("case")
OTHER = ActionId("another action")
BODIES: tuple[EventBody, ...] = (
    rendered(CASE),
    intended(CASE),
    intended(CASE, OTHER),
    PrintIntended(case_id=CASE, action_id=OTHER, sheets=1, reprint_of=ACTION),
    PrintIntended(case_id=CASE, action_id=ACTION, sheets=1, reprint_of=OTHER),
    *(settled(CASE, outcome, action) for outcome in PrintOutcome for action in (ACTION, OTHER)),
    *(closed(CASE, outcome) for outcome in PrintOutcome),
    VisitRated(visit_id=VisitId("visit"), case_id=CASE, grade=3),
)


@given(st.lists(st.sampled_from(BODIES), max_size=20))
def test_whatever_events_come_each_print_has_one_intent_and_outcome_and_only_failed_ones_are_repeated(
    bodies: list[EventBody],
) -> None:
    record = CaseRecord(CASE, VisitId("visit"), "item", "D-1", AT)
    taken: list[EventBody] = []
    for body in bodies:
        before = record
        try:
            record = fold(record, body)
        except OutOfOrder:
            assert record == before
            continue
        if isinstance(body, PrintIntended) and body.reprint_of is not None:
            assert (before.stage, before.outcome) == (CaseStage.CLOSED, PrintOutcome.FAILED)
            assert body.reprint_of == before.action_id
        taken.append(body)
    kinds = [body.kind for body in taken]
    assert kinds.count("case.rendered") <= 1
    assert kinds.count("visit.rated") <= 1
    ends = [body for body in taken if isinstance(body, CaseClosed)]
    assert all(end.outcome is PrintOutcome.FAILED for end in ends[:-1]), "only a failure is made good"
    reprints = [body for body in taken if isinstance(body, PrintIntended) and body.reprint_of is not None]
    assert record.reprints == len(reprints)
    assert len(ends) - len(reprints) in {0, 1}
    assert kinds.count("print.intended") - len(reprints) <= 1
    settlements = [body for body in taken if isinstance(body, PrintSettled)]
    if record.stage is CaseStage.CLOSED:
        assert record.outcome is ends[-1].outcome
        assert record.outcome is (settlements[-1].outcome if settlements else PrintOutcome.NONE)
        assert len(settlements) >= kinds.count("print.intended")
    if record.outcome is PrintOutcome.SENT:
        assert "print.intended" in kinds, "nothing is called sent that the printer never heard of"


@given(st.integers(1, 10_000_000), st.from_regex(r"[a-z0-9][a-z0-9-]{1,12}", fullmatch=True))
def test_receipt_number_read_back_wrong_is_noticed(counter: int, kiosk: str) -> None:
    number = receipt_number(kiosk, "7KQ", counter)
    assert is_receipt_number(number)
    assert is_receipt_number(number.lower().replace("-", " "))
    places = [at for at, character in enumerate(number) if character.isdigit()]
    for at, other in itertools.product(places, "0123456789"):
        if number[at] != other:
            assert not is_receipt_number(number[:at] + other + number[at + 1 :])


def test_body_that_is_sent_is_the_body_that_was_written(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    case = committed(cache, "visit")
    first = cache.tail(0, 1, 1_000_000)[0].json
    cache.close()
    cache = open_cache(tmp_path, KIOSK, AT)
    assert cache.tail(0, 1, 1_000_000)[0].json == first
    assert json.loads(first)["body"]["case"]["receipt_number"] == case.receipt_number
    cache.close()
