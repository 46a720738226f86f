"""What a terminal does with its disk, in pieces small enough to be cut off after every single operation.

Each workload works in ``state`` below its folder and writes down beside it, where no fault reaches, what it
was told is durable: a line once a call has returned. `CONTENT` is a file as a camera would bring it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from contract.cases import CaseClosed, PrintIntended, PrintOutcome, PrintSettled
from contract.ids import ActionId, CaseId, KioskId, LookupId, VisitId, new_id
from contract.privacy import Privacy
from offline_cache.blobs import Piece
from offline_cache.cache import Cache, open_cache
from offline_cache.keys import KeySource
from offline_cache.lookup_cache import KeptAnswer, Moment
from offline_cache.room import RESERVE_BYTES
from offline_cache.trouble import StorageTrouble
from tests.disks.server import TRACE, Fault, Plan
from tests.journal_values import PLANTED, a_case, committed
from tests.unit.test_journal_events import AT, rendered

KIOSK = KioskId("demo-0001")
CONTENT = (PLANTED.encode() * 20_000)[:150_000]
HASH = sha256(CONTENT).hexdigest()
TOLD = "told"
FULL = "storage.full"
STATE = "state"


def tell(folder: Path, word: str) -> None:
    handle = os.open(folder / TOLD, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(handle, f"{word}\n".encode())
    os.close(handle)
    with Path(os.environ.get(TRACE, os.devnull)).open("a") as trace:
        trace.write("promised\n")


def told(folder: Path) -> list[str]:
    return (folder / TOLD).read_text().split() if (folder / TOLD).exists() else []


def opened(folder: Path, source: KeySource = KeySource()) -> Cache:  # noqa: B008 - frozen
    return open_cache(folder / STATE, KIOSK, AT, source)


def pieces(
    visit: str, content: bytes = CONTENT, privacy: Privacy = Privacy.PERSONAL, each: int = 65_000
) -> list[Piece]:
    """A file of the visit, cut for the way."""
    return [
        Piece(
            visit_id=VisitId(visit),
            item_id="insurance-certificate",
            privacy=privacy,
            purpose="photo",
            media_type="image/jpeg",
            sha256=sha256(content).hexdigest(),
            size=len(content),
            offset=offset,
            data=content[offset : offset + each],
        )
        for offset in range(0, max(1, len(content)), each)
    ]


def attached(cache: Cache, visit: str, content: bytes = CONTENT, privacy: Privacy = Privacy.PERSONAL) -> str:
    """Bring a file; return its hash."""
    for piece in pieces(visit, content, privacy):
        cache.attach(piece, reserve_bytes=0)
    return sha256(content).hexdigest()


def first_start(folder: Path) -> None:
    cache = opened(folder)
    tell(folder, cache.installation)
    cache.close()


def start(folder: Path) -> None:
    opened(folder).close()


def start_by_credential(folder: Path) -> None:
    opened(folder, KeySource(folder / "credential")).close()


def start_by_file_again(folder: Path) -> None:
    opened(folder, KeySource(folder / "credential", "file")).close()


def case_with_attachment(folder: Path) -> None:
    """A visit from its beginning to its end, with an answer, a file, a failed print and its reprint."""
    cache = opened(folder)
    visit = VisitId(new_id())
    cache.begin_visit(visit, AT)
    cache.keep_answer(visit, LookupId("lookup"), KeptAnswer("item", Moment("boot", 10.0), PLANTED.encode()))
    attached(cache, visit)
    case, _ = cache.commit_case(
        a_case(visit),
        lookup_id="lookup",
        verification_code="0" * 16,
        at=AT,
        attachments=[HASH],
        reserve_bytes=0,
    )
    tell(folder, case.receipt_number)
    printed_at_the_second_try(cache, case.case_id)
    tell(folder, "closed")
    cache.acknowledge(cache.journal.last)
    cache.blobs.sent(case.case_id, HASH, len(CONTENT))
    cache.end_visit(visit)
    tell(folder, "forgotten")
    cache.close()


def printed_at_the_second_try(cache: Cache, case: CaseId) -> None:
    first, second = ActionId(f"first of {case}"), ActionId(f"second of {case}")
    cache.record((rendered(case),), AT)
    cache.record((PrintIntended(case_id=case, action_id=first, sheets=1),), AT)
    failed, sent = PrintOutcome.FAILED, PrintOutcome.SENT
    settled = PrintSettled(case_id=case, action_id=first, outcome=failed, fault_code="printer.media_jam")
    cache.record((settled, CaseClosed(case_id=case, outcome=failed)), AT)
    cache.record((PrintIntended(case_id=case, action_id=second, sheets=1, reprint_of=first),), AT)
    settled = PrintSettled(case_id=case, action_id=second, outcome=sent, sheets=1)
    cache.record((settled, CaseClosed(case_id=case, outcome=sent)), AT)


def trouble_that_passes(folder: Path) -> None:
    """Serve on while the disk fails and recovers under the open database; the product is told nothing."""
    plan = Plan(Path(os.environ["FAILING_DISK_PLAN"]))
    cache = opened(folder)
    for fault, code in TROUBLES:
        case = committed(cache, new_id())
        tell(folder, case.receipt_number)
        plan.set(fault)
        for attempt in (
            lambda: committed(cache, new_id()),
            partial(cache.record, (CaseClosed(case_id=case.case_id, outcome=PrintOutcome.NONE),), AT),
            lambda: attached(cache, "visit", CONTENT),
        ):
            refused(attempt, code)
        plan.set(Fault.SOUND)
        cache.record((CaseClosed(case_id=case.case_id, outcome=PrintOutcome.NONE),), AT)
        tell(folder, committed(cache, new_id()).receipt_number)
    assert attached(cache, "visit", CONTENT) == HASH
    cache.close()


TROUBLES = (
    (Fault.REFUSE_WRITES, "storage.broken"),
    (Fault.READ_ONLY, "storage.broken"),
    (Fault.FULL, FULL),
    (Fault.REFUSE_SYNCS, "storage.broken"),
)


def refused(attempt: Callable[[], object], code: str) -> None:
    """See that it is refused, and for what."""
    with pytest.raises(StorageTrouble) as trouble:
        attempt()
    assert trouble.value.fault.code == code, trouble.value


def disk_that_fills(folder: Path) -> None:
    """Ballast takes the room: first the reserve, then all of it; then it goes away."""
    cache = opened(folder)
    cache.begin_visit(VisitId("visit"), AT)
    cases = [cache.commit_case(a_case(f"{n}"), lookup_id="", verification_code="0" * 16, at=AT)[0] for n in range(4)]
    for case in cases:
        tell(folder, case.receipt_number)
    with ballast(folder, leaves=RESERVE_BYTES // 2):
        refused(lambda: cache.commit_case(a_case("x"), lookup_id="", verification_code="0" * 16, at=AT), FULL)
        refused(lambda: cache.attach(pieces("visit")[0]), FULL)
        cache.record((CaseClosed(case_id=cases[0].case_id, outcome=PrintOutcome.NONE),), AT)
    with ballast(folder, leaves=0):
        for case in cases[1:]:
            refused(partial(cache.record, (CaseClosed(case_id=case.case_id, outcome=PrintOutcome.NONE),), AT), FULL)
        refused(lambda: cache.attach(pieces("visit")[0], reserve_bytes=0), FULL)
        assert [record.case_id for record in cache.cases.all()] == [case.case_id for case in cases]
    cache.record((CaseClosed(case_id=cases[1].case_id, outcome=PrintOutcome.NONE),), AT)
    cache.close()
    with ballast(folder, leaves=0):
        start(folder)  # what is there can be read, and opening it takes no room
    cache = opened(folder)
    assert cache.set_aside is None
    assert [record.receipt_number for record in cache.cases.all()] == told(folder)
    assert [record.case_id for record in cache.cases.open()] == [case.case_id for case in cases[2:]]
    cache.close()


def no_room_at_all(folder: Path) -> None:
    """A first start on a full disk, and one when there is room."""
    with ballast(folder, leaves=0):
        refused(lambda: start(folder), FULL)
    first_start(folder)
    cache = opened(folder)
    assert cache.set_aside is None
    cache.close()


def refused_to_start(folder: Path) -> None:
    refused(lambda: start(folder), "storage.broken")


@contextmanager
def ballast(folder: Path, leaves: int) -> Iterator[None]:
    """A file that takes all room but so many bytes."""
    path = folder / STATE / "ballast"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        free = os.statvfs(path).f_bavail * os.statvfs(path).f_frsize
        os.posix_fallocate(file.fileno(), 0, max(1, free - leaves))
        while leaves == 0:
            file.write(bytes(4096))
    try:
        yield
    finally:
        path.unlink()


WORKLOADS: dict[str, Callable[[Path], None]] = {
    work.__name__: work
    for work in (
        first_start,
        start,
        start_by_credential,
        start_by_file_again,
        case_with_attachment,
        trouble_that_passes,
        disk_that_fills,
        no_room_at_all,
        refused_to_start,
    )
}
