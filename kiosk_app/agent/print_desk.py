"""The print desk: one physical action, one id, from the intent in the journal to what is known of its end.

The intent is durable before the printer hears of it. An order is followed to its one ending; whatever
leaves a doubt is `unknown`, never `failed`, and nothing is ever ordered twice: only the process that
wrote the intent may order, and a later one may only ask how it ended (`SettlePrint` prints nothing).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from contract.cases import CaseStage, PrintIntended, PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, CaseId, DeviceId, OrderId, new_id
from devices.events import (
    DeviceEvent,
    Numbered,
    Order,
    OrderEnded,
    PrintDocument,
    PrintHeldUp,
    PrintSettledEvent,
    SettlePrint,
    StatusChanged,
)
from devices.hub import DeviceHub
from devices.values import PrintJob, PrintSettlement
from kiosk_app.agent.store import Store
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.link.desk import CaseProgress

_AGAIN_S: Final = 1.0

_AFTER_HANDOVER: Final = frozenset({"device.bug", "print.timed_out", "print.unknown"})
"""Faults that can end an order when the printer may already have the pages; every other one comes before."""


@dataclass(frozen=True, slots=True)
class PrintPatience:
    """How long to wait for what.

    `print_s`: a job may wait so long for paper or a person before the driver has to settle it.
    `grace_s`: the hub may stay silent so long after that before nobody knows.
    `settle_s`: a start waits so long for evidence on a print of an earlier process.
    `last_word_s`: one that is then withdrawn may take so long to say how far it came.
    """

    print_s: float = 180.0
    grace_s: float = 30.0
    settle_s: float = 30.0
    last_word_s: float = 5.0


@dataclass(slots=True)
class _Running:
    """A print of this process, from its intent to its end."""

    action: ActionId
    reprint_of: ActionId | None = None
    withdrawn: asyncio.Event = field(default_factory=asyncio.Event)
    intended: bool = False
    ordered: bool = False


class PrintDesk:
    """Hands documents to the printer and follows them."""

    def __init__(
        self,
        hub: DeviceHub,
        store: Store,
        publish: Callable[[CaseProgress], None],
        patience: PrintPatience,
    ) -> None:
        self._hub = hub
        self._store = store
        self._publish = publish
        self._patience = patience
        self._running: dict[CaseId, _Running] = {}

    def expect(self, case_id: CaseId) -> None:
        """Note that a print of the case is on its way, so that it can be withdrawn before it begins."""
        self._running[case_id] = _Running(ActionId(new_id()))

    def expect_again(self, case_id: CaseId, action: ActionId, reprint_of: ActionId) -> None:
        """Note that a failed print is repeated, as the action that the citizen's button named."""
        self._running[case_id] = _Running(action, reprint_of)

    def intended(self, case_id: CaseId) -> bool:
        """Tell whether the expected print came as far as its intent."""
        running = self._running.get(case_id)
        return running is not None and running.intended

    def forget(self, case_id: CaseId) -> None:
        self._running.pop(case_id, None)

    def withdraw(self, case_id: CaseId) -> None:
        """Cancel the case's print; one that is over, or of another process, is left alone."""
        running = self._running.get(case_id)
        if running is None or running.withdrawn.is_set():
            return
        running.withdrawn.set()
        if running.ordered:
            self._hub.cancel(OrderId(running.action))

    async def print(self, case_id: CaseId, pdf: bytes, sheets: int) -> PrintSettlement:
        """Print once and say what is known of it. The case was `expect`ed.

        Raises:
            DeskFault: the intent could not be made durable; the printer has not heard of it.
        """
        running = self._running[case_id]
        action = running.action
        printer = self._printer()
        if running.withdrawn.is_set():
            return _failed(action, Fault.of("print.cancelled"))
        if printer is None:
            return _failed(action, Fault.of("printer.absent", "no printer is configured"))
        intended = PrintIntended(case_id=case_id, action_id=action, sheets=sheets, reprint_of=running.reprint_of)
        await self._store.record(intended)
        running.intended = True
        log(LogEvent.PRINT_INTENDED, case=case_id, action=action, sheets=sheets)
        self._publish(CaseProgress(case_id, CaseStage.PRINTING))
        if running.withdrawn.is_set():
            return _failed(action, Fault.of("print.cancelled"))
        running.ordered = True
        # The action id is also the job's title: a spooler shows titles to whoever looks.
        order = PrintDocument(PrintJob(action, str(action), pdf, sheets), self._patience.print_s)
        with suppress(TimeoutError):
            async with (
                asyncio.timeout(self._patience.print_s + self._patience.grace_s),
                self._follow(printer, order) as events,
            ):
                while True:
                    ended = self._heard(case_id, action, await events.get())
                    if ended is not None:
                        return ended
        return _unknown(action, "the hub stayed silent")

    async def settle(self, case_id: CaseId, action: ActionId) -> PrintSettlement:
        """Say how a print of an earlier process ended; `unknown` when nobody can tell in time. Prints nothing.

        A print that the printer is still busy with is followed, and withdrawn when the time is up.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience.settle_s):
                return await self._evidence(case_id, action)
        self._hub.cancel(OrderId(action))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience.last_word_s):
                return await self._evidence(case_id, action)
        return _unknown(action, "no evidence in time")

    async def _evidence(self, case_id: CaseId, action: ActionId) -> PrintSettlement:
        while True:
            printer = self._printer()
            if printer is not None:
                ended = await self._ask(printer, case_id, action)
                if ended is not None:
                    return ended
            await self._printer_moves()

    async def _ask(self, printer: DeviceId, case_id: CaseId, action: ActionId) -> PrintSettlement | None:
        async with self._follow(printer, SettlePrint(action)) as events:
            while True:
                match await events.get():
                    case PrintSettledEvent(settlement=settlement):
                        return settlement
                    case PrintHeldUp(fault=fault):
                        self._publish(CaseProgress(case_id, CaseStage.PRINTING, held_up=fault))
                    case OrderEnded():
                        return None  # the printer cannot be asked yet
                    case _:
                        continue

    async def _printer_moves(self) -> None:
        """Wait until a printer's status changes, or a moment."""
        moved = asyncio.Event()
        loop = asyncio.get_running_loop()

        def listen(numbered: Numbered) -> None:
            if isinstance(numbered.event, StatusChanged):
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(moved.set)

        unsubscribe = self._hub.subscribe(listen)
        try:
            async with asyncio.timeout(_AGAIN_S):
                await moved.wait()
        except TimeoutError:
            pass
        finally:
            unsubscribe()

    def _heard(self, case_id: CaseId, action: ActionId, event: DeviceEvent) -> PrintSettlement | None:
        match event:
            case PrintHeldUp(fault=fault):
                if fault is not None:
                    log(LogEvent.PRINT_HELD_UP, case=case_id, action=action, fault=fault.code)
                self._publish(CaseProgress(case_id, CaseStage.PRINTING, held_up=fault))
                return None
            case PrintSettledEvent(settlement=settlement):
                return settlement
            case OrderEnded(fault=None):
                return _failed(action, Fault.of("print.cancelled"))
            case OrderEnded(fault=Fault() as fault):
                return _unknown(action, fault.code) if fault.code in _AFTER_HANDOVER else _failed(action, fault)
            case _:
                return None

    @asynccontextmanager
    async def _follow(self, device: DeviceId, order: Order) -> AsyncIterator["asyncio.Queue[DeviceEvent]"]:
        """Give an order and yield the queue of its events; the ear is open before the order is given."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[DeviceEvent] = asyncio.Queue()

        def listen(numbered: Numbered) -> None:
            event = numbered.event
            if not isinstance(event, StatusChanged) and event.order == order.order:
                with suppress(RuntimeError):  # the loop is closed: nobody follows any more
                    loop.call_soon_threadsafe(queue.put_nowait, event)

        unsubscribe = self._hub.subscribe(listen)
        try:
            self._hub.order(device, order)
            yield queue
        finally:
            unsubscribe()

    def _printer(self) -> DeviceId | None:
        views = self._hub.snapshot().devices
        return next((view.info.device for view in views if view.info.kind == "printer"), None)


def _failed(action: ActionId, fault: Fault) -> PrintSettlement:
    return PrintSettlement(action, PrintOutcome.FAILED, fault)


def _unknown(action: ActionId, evidence: str) -> PrintSettlement:
    return PrintSettlement(action, PrintOutcome.UNKNOWN, Fault.of("print.unknown"), evidence=evidence)
