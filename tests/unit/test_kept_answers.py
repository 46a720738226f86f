"""Answers of registers on the disk: for the visit that asked, while they are good, and then gone."""

from pathlib import Path

import pytest

from contract.ids import LookupId, VisitId
from offline_cache.cache import Cache
from offline_cache.lookup_cache import KeptAnswer, Moment
from tests.disks.workloads import opened
from tests.journal_values import PLANTED
from tests.unit.test_attachments import VISIT, as_killed, confirmed
from tests.unit.test_journal_events import AT


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = opened(tmp_path)
    made.begin_visit(VISIT, AT)
    return made


def test_answer_is_served_to_its_visit_until_it_expires_and_in_this_boot_alone(tmp_path: Path, cache: Cache) -> None:
    lookup = LookupId("lookup")
    answer = KeptAnswer("item", Moment("boot", 100.0), b'{"found": true}')
    cache.keep_answer(VisitId("not the one that runs"), lookup, answer)
    cache.keep_answer(VISIT, lookup, answer)
    assert PLANTED not in repr(answer)
    assert "found" not in repr(answer)
    as_killed(cache)
    again = opened(tmp_path)
    assert again.kept_answer(VISIT, lookup, Moment("boot", 99.9)) == answer
    for visit, known, now in [
        (VISIT, lookup, Moment("boot", 100.0)),
        (VISIT, lookup, Moment("another boot", 1.0)),
        (VISIT, LookupId("another"), Moment("boot", 1.0)),
        (VisitId("not the one that runs"), lookup, Moment("boot", 1.0)),
    ]:
        assert again.kept_answer(visit, known, now) is None
    again.end_visit(VISIT)
    assert again.kept_answer(VISIT, lookup, Moment("boot", 1.0)) is None
    again.close()


def test_answer_that_is_in_a_case_is_not_kept_beside_it(cache: Cache) -> None:
    cache.keep_answer(VISIT, LookupId("lookup"), KeptAnswer("item", Moment("boot", 100.0), b"answer"))
    confirmed(cache)
    assert cache.kept_answer(VISIT, LookupId("lookup"), Moment("boot", 1.0)) is None
    cache.close()
