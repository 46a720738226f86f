"""Files of cases: sealed as they come, the case's once it is confirmed, and gone for good when they are forgotten."""

from hashlib import sha256
from pathlib import Path

import pytest

from contract.cases import Case, CaseClosed, PrintOutcome
from contract.ids import CaseId, LookupId, VisitId
from contract.privacy import Privacy
from offline_cache.blobs import MOST_BYTES, MOST_FILES
from offline_cache.cache import BLOBS, DATABASE, STORE, Cache
from offline_cache.lookup_cache import KeptAnswer, Moment
from offline_cache.seals import SealBox
from offline_cache.trouble import AttachmentMissing, AttachmentRefused, StorageFull
from tests.disks.workloads import CONTENT, HASH, STATE, attached, opened, pieces
from tests.journal_values import PLANTED, a_case, key_of
from tests.stores.pages import plain_pages
from tests.unit.test_journal_events import AT

VISIT = VisitId("visit")
ANSWER = PLANTED.encode() * 9


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = opened(tmp_path)
    made.begin_visit(VISIT, AT)
    return made


def confirmed(cache: Cache, *hashes: str, visit: str = VISIT, lookup: str = "lookup") -> Case:
    case, new = cache.commit_case(
        a_case(visit), lookup_id=lookup, verification_code="0" * 16, at=AT, attachments=hashes, reserve_bytes=0
    )
    assert new
    return case


def closed(cache: Cache, case: CaseId) -> None:
    cache.record((CaseClosed(case_id=case, outcome=PrintOutcome.NONE),), AT)


def delivered(cache: Cache, case: Case) -> None:
    cache.acknowledge(cache.journal.last)
    for attachment in case.attachments:
        cache.blobs.sent(case.case_id, attachment.sha256, attachment.size)


def as_killed(cache: Cache) -> None:
    """Let go of the files as the system does for a process that was killed: nothing is tidied up."""
    for _, writer in cache.blobs._coming.values():
        writer._file.close()
    cache._database.close()


def files(folder: Path) -> list[Path]:
    return sorted((folder / STATE / STORE / BLOBS).iterdir())


def keys_in(folder: Path) -> list[bytes]:
    cache = opened(folder)
    keys = [seal.key for seal in SealBox(cache._database).all()]
    cache.close()
    return keys


def test_file_comes_in_pieces_and_is_read_back_whole_and_from_the_middle(tmp_path: Path, cache: Cache) -> None:
    parts = pieces(VISIT)
    held = [cache.attach(part, reserve_bytes=0) for part in parts]
    assert held == [65_000, 130_000, len(CONTENT)]
    case = confirmed(cache, HASH)
    assert [(file.sha256, file.size, file.purpose) for file in case.attachments] == [(HASH, len(CONTENT), "photo")]
    assert cache.case(case.case_id) == case
    assert cache.blobs.read(case.case_id, HASH, 0, len(CONTENT)) == CONTENT
    assert cache.blobs.read(case.case_id, HASH, 99_999, 7) == CONTENT[99_999:100_006]
    cache.close()
    for file in (tmp_path / STATE).rglob("*"):
        assert file.is_dir() or PLANTED.encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
        assert HASH[:16] not in file.name, "the name of a file tells nothing of its content"


def test_piece_that_was_heard_or_leaves_a_gap_is_not_taken_and_the_sender_goes_on(cache: Cache) -> None:
    first, second, third = pieces(VISIT)
    assert cache.attach(second, reserve_bytes=0) == 0
    assert cache.attach(first, reserve_bytes=0) == 65_000
    assert cache.attach(first, reserve_bytes=0) == 65_000
    assert cache.attach(third, reserve_bytes=0) == 65_000
    assert cache.attach(second, reserve_bytes=0) == 130_000
    assert cache.attach(third, reserve_bytes=0) == len(CONTENT)
    assert cache.attach(first, reserve_bytes=0) == len(CONTENT), "it is all here"
    confirmed(cache, HASH)
    cache.close()


def test_agent_that_was_killed_half_way_asks_for_the_file_from_its_beginning(tmp_path: Path, cache: Cache) -> None:
    first, second, _ = pieces(VISIT)
    cache.attach(first, reserve_bytes=0)
    as_killed(cache)
    again = opened(tmp_path)
    assert files(tmp_path) == []
    assert again.attach(second, reserve_bytes=0) == 0
    with pytest.raises(AttachmentMissing):
        confirmed(again, HASH)
    assert again.journal.last == 0
    attached(again, VISIT)
    confirmed(again, HASH)
    again.close()


def test_file_of_the_visit_that_runs_outlives_its_agent_and_others_do_not(tmp_path: Path, cache: Cache) -> None:
    attached(cache, VISIT)
    attached(cache, "an earlier visit", b"left behind")
    as_killed(cache)
    again = opened(tmp_path)
    assert len(files(tmp_path)) == 1
    assert confirmed(again, HASH).attachments[0].sha256 == HASH
    again.close()


def test_confirmation_that_names_a_file_that_is_not_here_is_not_kept(cache: Cache) -> None:
    attached(cache, "another visit")
    for name in (HASH, "0" * 64):
        with pytest.raises(AttachmentMissing):
            confirmed(cache, name)
    assert cache.journal.last == 0
    cache.close()


def test_picture_that_was_taken_again_is_forgotten_when_the_other_is_confirmed(tmp_path: Path, cache: Cache) -> None:
    attached(cache, VISIT, b"blurred")
    attached(cache, VISIT, b"a face, blurred", Privacy.SENSITIVE)
    attached(cache, VISIT)
    cache.attach(pieces(VISIT, b"not whole when the citizen went on" * 9000)[0], reserve_bytes=0)
    case = confirmed(cache, HASH)
    assert len(files(tmp_path)) == 1
    with pytest.raises(AttachmentMissing):
        cache.blobs.read(case.case_id, sha256(b"blurred").hexdigest(), 0, 1)
    assert cache.attach(pieces(VISIT)[0], reserve_bytes=0) == 65_000, "it is a new file of whatever comes next"
    cache.close()


def test_same_confirmation_again_is_the_same_case(cache: Cache) -> None:
    attached(cache, VISIT)
    first = confirmed(cache, HASH)
    again, new = cache.commit_case(
        a_case(VISIT), lookup_id="lookup", verification_code="1" * 16, at=AT, attachments=[HASH], reserve_bytes=0
    )
    assert (again.case_id, new) == (first.case_id, False)
    cache.close()


def test_content_that_is_not_what_was_announced_is_refused_whole(tmp_path: Path, cache: Cache) -> None:
    wrong = [pieces(VISIT)[0], *pieces(VISIT, CONTENT[::-1])[1:]]
    lying = [type(piece)(**{name: getattr(piece, name) for name in FIELDS} | {"sha256": HASH}) for piece in wrong]
    for piece in lying[:-1]:
        cache.attach(piece, reserve_bytes=0)
    with pytest.raises(AttachmentRefused):
        cache.attach(lying[-1], reserve_bytes=0)
    assert files(tmp_path) == []
    too_large = type(wrong[0])(**{name: getattr(wrong[0], name) for name in FIELDS} | {"size": MOST_BYTES + 1})
    with pytest.raises(AttachmentRefused):
        cache.attach(too_large, reserve_bytes=0)
    cache.close()


FIELDS = ("visit_id", "item_id", "privacy", "purpose", "media_type", "sha256", "size", "offset", "data")


def test_one_visit_cannot_fill_the_disk_with_files(cache: Cache) -> None:
    for number in range(MOST_FILES):
        attached(cache, VISIT, str(number).encode())
    with pytest.raises(AttachmentRefused, match="more than"):
        attached(cache, VISIT, b"one more")
    with pytest.raises(StorageFull):
        cache.attach(pieces(VISIT)[0], reserve_bytes=1 << 60)
    cache.close()


def test_what_a_visit_did_not_confirm_ends_with_it(tmp_path: Path, cache: Cache) -> None:
    attached(cache, VISIT)
    cache.attach(pieces(VISIT, b"half" * 50_000)[0], reserve_bytes=0)
    cache.end_visit(VISIT)
    assert files(tmp_path) == []
    cache.close()
    assert keys_in(tmp_path) == []


def test_next_visit_forgets_one_whose_end_nobody_heard_of(tmp_path: Path, cache: Cache) -> None:
    attached(cache, VISIT)
    cache.keep_answer(VISIT, LookupId("lookup"), KeptAnswer("item", Moment("boot", 10.0), b"answer"))
    cache.begin_visit(VisitId("next"), AT)
    assert files(tmp_path) == []
    assert cache.kept_answer(VISIT, LookupId("lookup"), Moment("boot", 1.0)) is None
    cache.close()


def test_case_and_its_files_stay_until_all_is_delivered_and_the_visit_is_over(tmp_path: Path, cache: Cache) -> None:
    attached(cache, VISIT)
    case = confirmed(cache, HASH)
    cache.acknowledge(cache.journal.last)
    cache.blobs.sent(case.case_id, HASH, len(CONTENT) - 1)
    closed(cache, case.case_id)
    cache.acknowledge(cache.journal.last)
    assert cache.forget_delivered() == 0, "a byte of its file is missing at central"
    cache.blobs.sent(case.case_id, HASH, len(CONTENT))
    assert cache.forget_delivered() == 0, "its visit still runs"
    assert cache.case(case.case_id) is not None
    cache.end_visit(VISIT)
    assert cache.case(case.case_id) is None
    assert files(tmp_path) == []
    with pytest.raises(AttachmentMissing):
        cache.blobs.read(case.case_id, HASH, 0, 1)
    cache.close()


def test_sensitive_file_goes_as_soon_as_central_has_it(tmp_path: Path, cache: Cache) -> None:
    face = attached(cache, VISIT, b"a face", Privacy.SENSITIVE)
    attached(cache, VISIT)
    case = confirmed(cache, face, HASH)
    keys = [seal.key for seal in SealBox(cache._database).of_case(case.case_id) if seal.privacy is Privacy.SENSITIVE]
    cache.blobs.sent(case.case_id, face, 6)
    cache.forget_delivered()
    assert len(files(tmp_path)) == 2, "central cannot tell yet whose it is"
    cache.acknowledge(1)
    cache.forget_delivered()
    assert len(files(tmp_path)) == 1, "the case is open and the visit runs; the face is gone all the same"
    assert len(keys) == 1
    assert_gone(tmp_path, keys)
    assert cache.blobs.read(case.case_id, HASH, 0, 3) == CONTENT[:3]
    cache.close()


def test_key_that_was_destroyed_is_nowhere_in_any_file(tmp_path: Path) -> None:
    """Looked for in every page of the file and of the log, decrypted, while the cache is open and afterwards."""
    destroyed: list[bytes] = []
    for number in range(60):
        cache = opened(tmp_path)
        visit = VisitId(f"visit-{number}")
        cache.begin_visit(visit, AT)
        cache.keep_answer(visit, LookupId("lookup"), KeptAnswer("item", Moment("boot", 10.0), ANSWER))
        face = attached(cache, visit, b"a face", Privacy.SENSITIVE)
        name = attached(cache, visit, b"a page")
        seals = SealBox(cache._database).drafts()
        if number % 3:
            case = confirmed(cache, face, name, visit=visit)
            closed(cache, case.case_id)
            if number % 3 == 1:
                delivered(cache, case)
        cache.end_visit(visit)
        if number % 3 != 2:
            destroyed += [seal.key for seal in seals]
        if number % 10 == 0:
            assert_gone(tmp_path, destroyed)
        cache.close()
    assert len(destroyed) == 80
    assert_gone(tmp_path, destroyed)
    kept = keys_in(tmp_path)
    assert len(kept) == 40
    pages = b"".join(plain_pages(tmp_path / STATE / STORE / DATABASE, key_of(tmp_path / STATE)))
    assert all(key in pages for key in kept), "the search would find a key that is there"


def assert_gone(folder: Path, keys: list[bytes]) -> None:
    pages = b"".join(plain_pages(folder / STATE / STORE / DATABASE, key_of(folder / STATE)))
    assert b"CREATE TABLE seals" in pages, "the pages are in the clear here"
    assert not [key for key in keys if key in pages]
    assert ANSWER not in pages, "nor is an answer that was kept for a visit"


def test_files_without_a_row_are_swept_and_others_are_not(tmp_path: Path, cache: Cache) -> None:
    attached(cache, VISIT)
    case = confirmed(cache, HASH)
    cache.close()
    for name in ("orphan", "half.part"):
        (tmp_path / STATE / STORE / BLOBS / name).write_bytes(b"noise")
    again = opened(tmp_path)
    assert len(files(tmp_path)) == 1
    assert again.blobs.read(case.case_id, HASH, 0, len(CONTENT)) == CONTENT
    again.close()


def test_upload_goes_on_where_central_says(cache: Cache) -> None:
    attached(cache, VISIT)
    attached(cache, VISIT, b"")
    assert cache.blobs.to_send(10) == (), "nothing was confirmed"
    case = confirmed(cache, HASH, sha256(b"").hexdigest())
    sizes = {parcel.sha256: (parcel.size, parcel.sent) for parcel in cache.blobs.to_send(10)}
    assert sizes == {HASH: (len(CONTENT), 0), sha256(b"").hexdigest(): (0, 0)}
    for sent in (70_000, 5, 149_999):
        cache.blobs.sent(case.case_id, HASH, sent)
        assert cache.blobs.to_send(1)[0].sent == sent
    cache.blobs.sent(case.case_id, HASH, len(CONTENT))
    cache.blobs.sent(case.case_id, sha256(b"").hexdigest(), 0)
    cache.blobs.sent(case.case_id, HASH, 3)
    assert cache.blobs.to_send(10) == (), "what was delivered stays delivered, unless central asks"
    assert cache.blobs.wanted([HASH, "f" * 64]) == ("f" * 64,)
    assert [parcel.sent for parcel in cache.blobs.to_send(10)] == [0]
    cache.close()


def test_damaged_file_is_owned_up_to_and_does_not_hold_its_case_for_ever(tmp_path: Path, cache: Cache) -> None:
    attached(cache, VISIT)
    case = confirmed(cache, HASH)
    closed(cache, case.case_id)
    file = files(tmp_path)[0]
    file.write_bytes(file.read_bytes()[:100_000])
    with pytest.raises(AttachmentMissing):
        cache.blobs.read(case.case_id, HASH, 140_000, 10)
    cache.blobs.give_up(case.case_id, HASH)
    assert cache.blobs.to_send(1) == ()
    cache.acknowledge(cache.journal.last)
    cache.end_visit(VISIT)
    assert cache.case(case.case_id) is None
    cache.close()
