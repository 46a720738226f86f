"""The counter: what stands behind the desk, made and used on the agent's loop only.

Composes store, catalogue, lookups, paperwork, print desk, casework and sync. Everything that is slow to
load waits until the screen had its catalogue and a moment to draw: importing on another thread still
takes the interpreter away from the first frame.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from contract.cases import Receipt
from contract.catalogue import Catalogue
from contract.ids import CaseId, KioskId, VisitId
from contract.lookups import LookupAnswer, LookupRequest
from devices.hub import DeviceHub
from kiosk_app.agent.attachments import attach
from kiosk_app.agent.casework import Casework, Desks
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.commands import OrderDesk
from kiosk_app.agent.deeds import TerminalDeeds
from kiosk_app.agent.identity import IdentityFile
from kiosk_app.agent.line import Line
from kiosk_app.agent.lookups import LookupDesk
from kiosk_app.agent.paperwork import DocumentMaker, Paperwork
from kiosk_app.agent.parcels import Parcels
from kiosk_app.agent.print_desk import PrintDesk, PrintPatience
from kiosk_app.agent.reprints import Reprints
from kiosk_app.agent.resume import Leftovers
from kiosk_app.agent.store import Store
from kiosk_app.agent.sync import Pace, SyncEngine, SyncParts
from kiosk_app.agent.tidying import Tidying
from kiosk_app.agent.upkeep import Upkeep
from kiosk_app.agent.worker import Worker
from kiosk_app.base.clock import Clock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.base.machine_settings import Settings
from kiosk_app.documents.render import Renderer
from kiosk_app.link.desk import (
    AttachmentPiece,
    CaseDelivered,
    CaseProgress,
    CommitRequest,
    DeskEvent,
    DeskFault,
    Interrupted,
    Rating,
    Reprint,
    Screenshot,
)

_NOBODY_ASKED_S: Final = 10.0
"""How long the background work waits for a screen that never asks for the catalogue."""
_UNTIL_REST_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the agent waits for what. `idle_s` lies between the first catalogue and the slow imports."""

    idle_s: float = 1.5
    alone_s: float = 5.0
    """How long prints go on without a screen: one that only stumbled is back by then."""
    pace: Pace = field(default_factory=Pace)
    patience: PrintPatience = field(default_factory=PrintPatience)


class Counter:
    """The agent's parts, composed."""

    def __init__(
        self,
        settings: Settings,
        hub: DeviceHub,
        clock: Clock,
        publish: Callable[[DeskEvent], None],
        *,
        timing: Timing,
        renderer: DocumentMaker | None,
        restart: Callable[[], None] | None,
        loaded: Callable[[], None],
    ) -> None:
        kiosk = KioskId(settings.kiosk.id)
        self._publish = publish
        self._timing = timing
        self._loaded = loaded
        self._press = Worker("agent-press")
        self._backroom = Worker("agent-backroom")
        self._store = Store(settings.kiosk, clock)
        self._tidying = Tidying(self._store, self._backroom)
        self._catalogues = CatalogueDesk(self._store, self._backroom, publish)
        line = Line(settings.central, IdentityFile(settings.kiosk.identity_file), clock)
        parcels = Parcels(self._store, line, request_s=timing.pace.request_s)
        upkeep = Upkeep(settings.kiosk.state_dir, hub, clock)
        parts = SyncParts(self._store, line, self._catalogues, upkeep, parcels)
        self._sync = SyncEngine(kiosk, parts, publish=self._tell_of_sync, clock=clock, pace=timing.pace)
        self._deeds = TerminalDeeds(
            idle=self._is_idle,
            catalogues=self._catalogues,
            parcels=parcels,
            log_file=settings.kiosk.log_file,
            publish=publish,
            sync_now=self._sync.now,
            restart=restart,
        )
        self._orders = OrderDesk(kiosk, self._store, line.identity, line.time, self._deeds, answered=self._sync.now)
        self._sync.orders = self._orders
        self._lookups = LookupDesk(line, self._catalogues, self._store, clock, self._sync.heard)
        self._print_desk = PrintDesk(hub, self._store, self._tell, timing.patience)
        self._paperwork = Paperwork(
            renderer if renderer is not None else Renderer(settings.kiosk.id),
            self._press,
            self._store,
            clock,
            settings.verify_url,
        )
        desks = Desks(self._catalogues, self._lookups, self._paperwork, self._print_desk)
        self._casework = Casework(self._store, desks, publish, clock)
        self._reprints = Reprints(self._store, desks, self._casework)
        self._leftovers = Leftovers(self._store, self._casework, self._print_desk)
        self._settling = asyncio.ensure_future(self._leftovers.settle())
        self._recalling = asyncio.ensure_future(self._recall_orders())
        self._alone: asyncio.Task[None] | None = None
        self._store.on_append = self._sync.appended
        self._asked = asyncio.Event()
        self._background = asyncio.ensure_future(self._work_behind())

    async def catalogue(self) -> Catalogue:
        catalogue = await self._catalogues.in_force()
        self._asked.set()
        return catalogue

    async def resume(self) -> Interrupted | None:
        return await self._leftovers.resume()

    async def tell(self, case_id: CaseId) -> None:
        await self._leftovers.tell(case_id)

    async def screens(self, *, there: bool) -> None:
        """Hear that a screen came or that the last one went: paper that nobody waits for is not printed."""
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None
        if not there:
            self._alone = asyncio.ensure_future(self._withdraw_all())
            self._tidying.soon()

    def _tell(self, progress: CaseProgress) -> None:
        self._casework.publish(progress)

    def _tell_of_sync(self, event: DeskEvent) -> None:
        if isinstance(event, CaseDelivered):
            self._tidying.soon()
        self._publish(event)

    async def _withdraw_all(self) -> None:
        await asyncio.sleep(self._timing.alone_s)
        for case_id in self._casework.at_work:
            self._print_desk.withdraw(case_id)

    async def begin_visit(self, visit_id: VisitId) -> None:
        at = self._store.now()
        self._casework.begin_visit(visit_id)
        await self._store.call(lambda cache: cache.begin_visit(visit_id, at))

    async def end_visit(self, visit_id: VisitId) -> None:
        # Memory first: nothing that the disk does may keep a citizen's answers alive.
        self._lookups.end_visit(visit_id)
        self._casework.end_visit(visit_id)
        await self._store.call(lambda cache: cache.end_visit(visit_id))
        self._tidying.soon()

    async def look_up(self, request: LookupRequest) -> LookupAnswer:
        return await self._lookups.look_up(request)

    async def attach(self, piece: AttachmentPiece) -> int:
        return await attach(self._store, piece)

    async def commit(self, request: CommitRequest) -> Receipt:
        return await self._casework.commit(request)

    async def cancel_print(self, case_id: CaseId) -> None:
        self._print_desk.withdraw(case_id)

    async def reprint(self, request: Reprint) -> None:
        await self._reprints.reprint(request)

    async def rate(self, rating: Rating) -> None:
        await self._casework.rate(rating)

    async def screenshot(self, picture: Screenshot) -> None:
        self._deeds.took(picture)

    async def wind_up(self) -> None:
        """Finish the commit that is half way, and send nothing more."""
        for task in (self._background, self._settling, self._recalling, self._alone):
            if task is not None:
                task.cancel()
        try:
            async with asyncio.timeout(_UNTIL_REST_S), self._casework.committing:
                pass
        except TimeoutError:
            pass

    def close(self) -> None:
        """End the threads after the loop ended; the store writes what it took."""
        self._press.close(wait_s=0.5)
        self._backroom.close(wait_s=0.5)
        self._store.close()

    async def _work_behind(self) -> None:
        """Start the slow parts one after the other, then sync for as long as the agent lives."""
        try:
            async with asyncio.timeout(_NOBODY_ASKED_S):
                await self._asked.wait()
        except TimeoutError:
            pass
        await asyncio.sleep(self._timing.idle_s)
        await asyncio.gather(self._warm(), self._sync.run(), self._orders.run())

    async def _recall_orders(self) -> None:
        """Take up where an earlier process left central's orders, before a citizen could begin what is not to be."""
        with suppress(DeskFault):  # the store logged it
            await self._orders.settle()

    async def _is_idle(self) -> bool:
        return not self._casework.at_work and await self._store.call(lambda cache: cache.running_visit()) is None

    async def _warm(self) -> None:
        """Load what the first citizen would wait for. Trouble here is trouble again, and told, when it matters."""
        for load in (self._catalogues.complete, self._paperwork.warm):
            try:
                await load()
            except DeskFault:
                pass  # the store logged it
            except Exception as error:  # noqa: BLE001 - see above
                log(LogEvent.BUG, error=type(error).__name__, where=where(error))
        with suppress(DeskFault):
            if await self._is_idle():  # else what a citizen left would count as what the process is made of
                await asyncio.wrap_future(self._backroom.submit(self._loaded))
