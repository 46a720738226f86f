"""Rows that are read once and written once lose nothing that happened to them meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from central.known import KnownCases
from central.models import Installation, Kiosk
from central.store import Store
from tests.central.server import Databases

CASE = {"installation_id": "i", "kiosk_id": "k", "received_at": "2026"}


@pytest.fixture
def session(databases: Databases, tmp_path: Path) -> Iterator[Session]:
    store = Store(make_url(databases.made(tmp_path)))
    with store.writing() as session:
        session.add(Kiosk(id="k", verdicts=0))
        session.flush()
        session.add(Installation(id="i", kiosk_id="k", acknowledged=0, first_seen_at="2026", verdicts_from=0))
        session.flush()
        yield session
    store.close()


def written(session: Session) -> KnownCases:
    """Write a case with one of everything."""
    known = KnownCases(session)
    known.cases.add(id="a", applicant_name="某", **CASE)
    known.cases.add(id="b", **CASE)
    known.documents.add(
        verification_code="c", case_id="a", template="t", template_version=1, title={"zh": "证明"}, sha256="0",
        pages=2**40, issued_at="2026", facts=[{"value": "一"}],
    )  # fmt: skip
    known.actions.add(action_id="p", case_id="a")
    file = {"size": 5, "media_type": "image/jpeg", "purpose": "photo", "sealed": True, "state": "wanted"}
    known.attachments.add(case_id="a", sha256="f", **file)
    known.ratings.add(case_id="a", visit_id="v", at="2026")
    known.write()
    return known


def test_what_was_written_is_read_again(session: Session) -> None:
    before = written(session)
    again = KnownCases(session)
    again.read(["a", "b", "nobody"])
    again.read_documents(["c", "none"])
    again.read_actions(["p"])
    for name in ("cases", "documents", "actions", "attachments", "ratings"):
        assert sorted(getattr(again, name), key=str) == sorted(getattr(before, name), key=str)


@pytest.mark.parametrize("count", [1, 49, 50, 51, 100, 149])
def test_any_number_of_cases_is_written_each_once_and_as_it_is(session: Session, count: int) -> None:
    known = KnownCases(session)
    for number in range(count):
        known.cases.add(id=f"case-{number}", receipt_number=f"receipt-{number}", **CASE)
    known.write()
    again = KnownCases(session)
    again.read([f"case-{number}" for number in range(count)])
    assert sorted(again.cases, key=str) == sorted(known.cases, key=str)
    assert session.scalar(text("SELECT count(*) FROM cases")) == count


def test_a_column_that_was_emptied_meanwhile_stays_empty(session: Session) -> None:
    written(session)
    known = KnownCases(session)
    known.read(["a"])
    session.execute(text("UPDATE cases SET applicant_name = NULL"))
    row = known.cases.get("a")
    assert row is not None
    row["stage"] = "closed"
    known.write()
    assert session.execute(text("SELECT applicant_name, stage FROM cases ORDER BY id")).all() == [
        (None, "closed"), (None, None),
    ]  # fmt: skip


def test_what_did_not_change_is_not_written(session: Session) -> None:
    written(session)
    known = KnownCases(session)
    known.read(["a"])
    known.read_documents(["c"])
    session.execute(text("DELETE FROM documents"))
    session.execute(text("UPDATE cases SET stage = 'closed'"))
    known.write()
    assert session.scalar(text("SELECT count(*) FROM documents")) == 0
    assert session.scalar(text("SELECT stage FROM cases WHERE id = 'a'")) == "closed"


def test_rows_that_cannot_be_written_are_undone_with_their_savepoint(session: Session) -> None:
    written(session)
    twice = KnownCases(session)
    twice.cases.add(id="new", **CASE)
    twice.cases.add(id="a", **CASE)
    with pytest.raises(IntegrityError) as failed, session.begin_nested():
        twice.write()
    assert "某" not in str(failed.value)
    assert session.scalar(text("SELECT count(*) FROM cases")) == 2
    known = KnownCases(session)
    known.cases.add(id="new", **CASE)
    known.write()
    assert session.scalar(text("SELECT count(*) FROM cases")) == 3
