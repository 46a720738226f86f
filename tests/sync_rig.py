"""A terminal's sync alone: real store, real engine, real HTTP, and a rest that lasts until the test says go.

Its clock is the test's: hours pass when they are told to. Each `round` is one turn of the engine's loop, so that
nothing in a test waits for time. What citizens would have done is put into the journal as the agent does it.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import make_url

from central import orders
from central.clock import utc_now
from central.signing import SigningKey
from central.store import Store as CentralStore
from contract.cases import CaseClosed, CaseRendered, PrintIntended, PrintOutcome, PrintSettled
from contract.documents import IssuedDocument
from contract.fleet import CommandKind, CommandOrder
from contract.ids import ActionId, CaseId, KioskId, new_id
from contract.privacy import Privacy
from contract.text import Text
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.commands import OrderDesk
from kiosk_app.agent.deeds import TerminalDeeds
from kiosk_app.agent.enrolment import enrol
from kiosk_app.agent.identity import Identity, IdentityFile, new_secret
from kiosk_app.agent.line import Line
from kiosk_app.agent.parcels import Parcels
from kiosk_app.agent.store import Store
from kiosk_app.agent.sync import Pace, SyncEngine, SyncParts
from kiosk_app.agent.upkeep import Upkeep
from kiosk_app.agent.worker import Worker
from kiosk_app.base.settings import CentralSection, KioskSection
from kiosk_app.link.desk import DeskEvent
from offline_cache.blobs import Piece
from offline_cache.cache import Cache
from tests.central.server import Central
from tests.central.values import new_code
from tests.fakes import FakeHub
from tests.journal_values import a_case

PATIENCE_S = 30.0
PIECE = 256 * 1024
Said = TypeVar("Said", bound=DeskEvent)


@dataclass
class HandClock:
    """A clock that a test turns. `wrong_s` is how far its hands are from the time that passes."""

    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    passed_s: float = 0.0
    wrong_s: float = 0.0

    def now(self) -> datetime:
        return self.since + timedelta(seconds=self.passed_s + self.wrong_s)

    def monotonic(self) -> float:
        return self.passed_s


class SyncTerminal:
    """One terminal in a folder; made by `terminal`."""

    def __init__(
        self, folder: Path, url: str, kiosk: KioskId, clock: HandClock, *, pace: Pace, ca_file: Path | None
    ) -> None:
        settings = KioskSection(id=kiosk, hall="demo", state_dir=folder)
        self.kiosk = kiosk
        self.settings = settings
        self.clock = clock
        self.said: list[DeskEvent] = []
        self._heard = asyncio.Event()
        self.store = Store(settings, clock)
        self.identity = IdentityFile(settings.identity_file)
        self.line = Line(CentralSection(url=url, ca_file=ca_file), self.identity, clock)
        self.parcels = Parcels(self.store, self.line, request_s=pace.request_s)
        self._backroom = Worker("backroom")
        self._hub = FakeHub()
        self.catalogues = CatalogueDesk(self.store, self._backroom, self._say)
        upkeep = Upkeep(settings.state_dir, self._hub, clock)
        parts = SyncParts(self.store, self.line, self.catalogues, upkeep, self.parcels)
        self.engine = SyncEngine(kiosk, parts, publish=self._say, clock=clock, pace=pace, rest=self._rest)
        self.idle = True
        self.restarts = 0
        self.answered = asyncio.Event()
        self.deeds = TerminalDeeds(
            idle=self._is_idle,
            catalogues=self.catalogues,
            parcels=self.parcels,
            log_file=settings.log_file,
            publish=self._say,
            sync_now=lambda: None,
            restart=self._restart,
            goodbye_s=0.0,
        )
        self.orders = OrderDesk(
            kiosk, self.store, self.identity, self.line.time, self.deeds, answered=self.answered.set
        )
        self.engine.orders = self.orders
        self._working: asyncio.Task[None] | None = None
        self._go: asyncio.Queue[None] = asyncio.Queue()
        self.rests: list[float] = []
        self._rests: asyncio.Queue[float] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def round(self) -> float:
        """Have the engine turn once; return how long it would rest now, in seconds."""
        if self._task is None:
            await self.orders.settle()
            self._working = asyncio.ensure_future(self.orders.run())
            self._task = asyncio.ensure_future(self.engine.run())
        else:
            self._go.put_nowait(None)
        async with asyncio.timeout(PATIENCE_S):
            return await self._rests.get()

    async def rounds_until_delivered(self, most: int = 50) -> int:
        """Turn until nothing is undelivered, files neither; return how many turns it took."""
        for turn in range(1, most + 1):
            rested = await self.round()
            self.clock.passed_s += rested
            if await self.undelivered() == 0:
                return turn
        raise AssertionError(f"{await self.undelivered()} are undelivered after {most} turns")

    async def undelivered(self) -> int:
        def count(cache: Cache) -> int:
            return cache.journal.undelivered + len(cache.blobs.to_send(1))

        return await self.store.call(count)

    async def carried_out(self) -> None:
        """Wait until an order came to its end, and have central hear of it."""
        async with asyncio.timeout(PATIENCE_S):
            await self.answered.wait()
        self.answered.clear()
        await self.round()

    async def hears(self, kind: type[Said]) -> Said:
        """Wait until the terminal's screen was told something of that kind; return the newest."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for said in reversed(self.said):
                    if isinstance(said, kind):
                        return said
                self._heard.clear()
                await self._heard.wait()

    def _say(self, event: DeskEvent) -> None:
        self.said.append(event)
        self._heard.set()

    async def _is_idle(self) -> bool:
        return self.idle

    def _restart(self) -> None:
        self.restarts += 1

    async def _rest(self, wake: asyncio.Event, seconds: float) -> None:  # noqa: ARG002 - the test alone wakes it
        self.rests.append(seconds)
        self._rests.put_nowait(seconds)
        await self._go.get()

    # What citizens and operators do

    async def serve_citizen(self, files: tuple[bytes, ...] = ()) -> CaseId:
        """Put a whole case into the journal, from its commit to its close, with files."""
        return await self.store.call(lambda cache: whole_case(cache, self.store.now(), files))

    async def serve_citizens(self, count: int) -> list[CaseId]:
        """Put so many whole cases into the journal, without files."""
        return await self.store.call(lambda cache: [whole_case(cache, self.store.now()) for _ in range(count)])

    def be_known(self) -> None:
        """Have an identity that no central gave: for those that check none."""
        self.identity.write(Identity(kiosk=self.kiosk, key=new_secret(), not_after="2099-01-01T00:00:00Z"))

    def enrol(self, central: Central, code: str = "") -> Identity:
        """Exchange a code of that central for a key, through the line there is."""
        announce_orders(central)
        code = code or central.code(self.kiosk)
        return enrol(self.line.central(), self.identity, self.kiosk, code, seconds=20)

    async def close(self) -> None:
        for task in (self._task, self._working):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        self._backroom.close()
        self._hub.close()
        self.store.close()


@asynccontextmanager
async def terminal(
    folder: Path,
    url: str,
    kiosk: str,
    *,
    clock: HandClock | None = None,
    request_s: float = 10.0,
    batch_events: int = Pace().batch_events,
    ca_file: Path | None = None,
    kind: type[SyncTerminal] = SyncTerminal,
) -> AsyncIterator[SyncTerminal]:
    """A terminal whose state is in `folder`, which may be one that was used before."""
    pace = Pace(request_s=request_s, batch_events=batch_events)
    made = kind(folder, url, KioskId(kiosk), clock or HandClock(), pace=pace, ca_file=ca_file)
    try:
        yield made
    finally:
        await made.close()


def whole_case(cache: Cache, at: str, files: tuple[bytes, ...] = ()) -> CaseId:
    """Write a case as the agent writes it, on the store's thread."""
    visit = new_id()
    draft = a_case(visit)
    for content in files:
        digest = hashlib.sha256(content).hexdigest()
        for offset in range(0, len(content), PIECE):
            piece = content[offset : offset + PIECE]
            held = cache.attach(
                Piece(
                    draft.visit_id, draft.item_id, Privacy.OPEN, "evidence", "image/png", digest, len(content), offset,
                    piece,
                ),
                reserve_bytes=0,
            )  # fmt: skip
            assert held == offset + len(piece)
    code = new_code()
    hashes = [hashlib.sha256(content).hexdigest() for content in files]
    case, _ = cache.commit_case(
        draft, lookup_id="lookup", verification_code=code, at=at, attachments=hashes, reserve_bytes=0
    )
    document = IssuedDocument(
        case_id=case.case_id,
        template="insurance-certificate",
        template_version=1,
        title=Text(zh="参保证明", en="Certificate"),
        verification_code=code,
        sha256="ab" * 32,
        pages=1,
        issued_at=at,
        facts=(),
    )
    action = ActionId(new_id())
    cache.record(
        (
            CaseRendered(document=document),
            PrintIntended(case_id=case.case_id, action_id=action, sheets=1),
            PrintSettled(case_id=case.case_id, action_id=action, outcome=PrintOutcome.SENT, sheets=1),
            CaseClosed(case_id=case.case_id, outcome=PrintOutcome.SENT),
        ),
        at,
    )
    return case.case_id


EVENTS_OF_A_CASE = 5


def announce_orders(central: Central) -> SigningKey:
    """Make central's command key known, as ``kiosk-central enrol`` does."""
    key = SigningKey(central.state / "command.key")
    store = CentralStore(make_url(central.database))
    try:
        orders.announce(store, key, utc_now())
    finally:
        store.close()
    return key


def give_order(
    central: Central, kiosk: KioskId, kind: CommandKind, *, valid: timedelta = timedelta(hours=1)
) -> CommandOrder:
    """Order something of the terminal, as ``kiosk-central command`` does."""
    key = announce_orders(central)
    store = CentralStore(make_url(central.database))
    try:
        return orders.issue(store, key, kiosk, kind, utc_now(), valid=valid)
    finally:
        store.close()


@dataclass(frozen=True)
class Taken:
    """One event as central holds it."""

    installation: str
    sequence: int
    event_id: str
    state: str


def taken(central: Central, kiosk: str) -> list[Taken]:
    """What is in central's inbox of a terminal, in its order."""
    query = (
        "SELECT installation_id, sequence, event_id, state FROM inbox JOIN installations ON id = installation_id"
        " WHERE kiosk_id = :kiosk ORDER BY sequence, received_at"
    )
    return [Taken(*row) for row in central.rows(query, kiosk=kiosk)]


async def assert_all_there_once(central: Central, here: SyncTerminal, cases: list[CaseId]) -> None:
    """Every event of every case is applied at central, once and in the terminal's order, and nothing waits."""
    held = taken(central, here.kiosk)
    assert {event.state for event in held} <= {"applied"}, held
    written = await here.store.call(
        lambda cache: [str(row[0]) for row in cache._database.rows("SELECT event_id FROM journal ORDER BY sequence")]
    )
    assert [event.event_id for event in held] == written
    assert await here.undelivered() == 0
    rows = central.rows("SELECT id, stage, verdict FROM cases WHERE kiosk_id = :kiosk ORDER BY id", kiosk=here.kiosk)
    assert rows == [(case, "closed", "issued") for case in sorted(cases)]
