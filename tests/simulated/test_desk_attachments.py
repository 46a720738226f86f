"""Files from the screen to the store through the desk link, also when the agent dies in between."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from contract.cases import Receipt
from contract.ids import KioskId, VisitId
from contract.privacy import Privacy
from kiosk_app.link.desk import AttachmentPiece
from kiosk_app.link.desk_client import RemoteDesk
from offline_cache.cache import open_cache
from tests.agent_bench import FACTS, ITEM, NEVER_SYNCS, bench, confirmation, new_visit, refused
from tests.simulated.test_desk_link import served
from tests.small_central import SmallCentral

CONTENT = "植入甲".encode() * 60_000
HASH = sha256(CONTENT).hexdigest()
PIECE = 200_000


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[RemoteDesk]:
    desk = RemoteDesk(tmp_path / "run")
    desk.start()
    yield desk
    desk.close()


@pytest.fixture
def central() -> Iterator[SmallCentral]:
    with SmallCentral(FACTS) as central:
        yield central


def piece(visit: VisitId, offset: int, content: bytes = CONTENT) -> AttachmentPiece:
    return AttachmentPiece(
        visit_id=visit,
        item_id=ITEM,
        privacy=Privacy.PERSONAL,
        purpose="photo",
        media_type="image/jpeg",
        sha256=HASH,
        size=len(content),
        offset=offset,
        data=content[offset : offset + PIECE],
    )


def bring(screen: RemoteDesk, visit: VisitId, held: int = 0) -> None:
    """Send from what is held until all is, as a screen does."""
    while held < len(CONTENT):
        held = screen.attach(piece(visit, held)).result(20)


def read_back(folder: Path, receipt: Receipt) -> bytes:
    cache = open_cache(folder / "state", KioskId("demo-0001"), "2026-01-02T03:04:05.678Z")
    case = cache.case(receipt.case_id)
    assert case is not None
    (attachment,) = case.attachments
    assert (attachment.sha256, attachment.size, attachment.purpose) == (HASH, len(CONTENT), "photo")
    content = cache.blobs.read(receipt.case_id, HASH, 0, len(CONTENT))
    cache.close()
    return content


def test_file_that_the_citizen_brought_is_in_the_case(
    tmp_path: Path, screen: RemoteDesk, central: SmallCentral
) -> None:
    with bench(tmp_path, central, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        visit = new_visit()
        screen.begin_visit(visit).result(20)
        bring(screen, visit)
        request = confirmation(visit, here.look_up(visit)).model_copy(update={"attachments": (HASH,)})
        receipt = screen.commit(request).result(20)
        assert screen.commit(request).result(20) == receipt
        here.closed(receipt)
    assert read_back(tmp_path, receipt) == CONTENT


def test_file_that_was_half_here_when_the_agent_died_is_brought_again(
    tmp_path: Path, screen: RemoteDesk, central: SmallCentral
) -> None:
    visit = new_visit()
    with bench(tmp_path, central, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        screen.begin_visit(visit).result(20)
        assert screen.attach(piece(visit, 0)).result(20) == PIECE
    with bench(tmp_path, central, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        held = screen.attach(piece(visit, PIECE)).result(20)
        assert held == 0
        request = confirmation(visit, here.look_up(visit)).model_copy(update={"attachments": (HASH,)})
        with refused("visit.interrupted"):
            screen.commit(request).result(20)
        bring(screen, visit, held)
        receipt = screen.commit(request).result(20)
        here.closed(receipt)
    assert read_back(tmp_path, receipt) == CONTENT


def test_file_that_is_not_what_was_announced_is_refused_and_can_be_brought_rightly(
    tmp_path: Path, screen: RemoteDesk, central: SmallCentral
) -> None:
    with bench(tmp_path, central, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        visit = new_visit()
        screen.begin_visit(visit).result(20)
        other = CONTENT[::-1]
        offsets = range(0, len(CONTENT), PIECE)
        for offset in offsets[:-1]:
            screen.attach(piece(visit, offset, other)).result(20)
        with refused("agent.bug"):
            screen.attach(piece(visit, offsets[-1], other)).result(20)
        bring(screen, visit)
        assert repr(piece(visit, 0)).count("data") == 0, "content never shows"


def test_file_that_comes_after_its_visit_is_not_taken(
    tmp_path: Path, screen: RemoteDesk, central: SmallCentral
) -> None:
    """What was on its way when the citizen left must not wait for the next one."""
    with bench(tmp_path, central, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        visit = new_visit()
        screen.begin_visit(visit).result(20)
        bring(screen, visit)
        screen.end_visit(visit).result(20)
        with refused("visit.interrupted"):
            screen.attach(piece(visit, 0)).result(20)
        screen.begin_visit(new_visit()).result(20)
        with refused("visit.interrupted"):
            screen.attach(piece(visit, 0)).result(20)
    assert list((tmp_path / "state" / "store" / "blobs").iterdir()) == []
