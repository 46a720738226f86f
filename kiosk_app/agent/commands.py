"""Orders of central: believed only when a pinned key signed them for this terminal, done once, answered and audited.

What can be ordered is the few kinds that the contract names; nothing that comes with an order is ever
executed or shown. Each is written down as begun before anything happens, so that no crash does it twice.
Whatever would disturb a citizen waits until nobody is here, or until its time is up by central's clock.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Protocol, assert_never

from pydantic import ValidationError

from contract.fleet import CommandAnswer, CommandKind, CommandOrder, CommandState, SignedCommand, command_text
from contract.ids import KioskId
from kiosk_app.agent.central_clock import CentralClock
from kiosk_app.agent.identity import IdentityFile, IdentityUnusable, is_signed_by
from kiosk_app.agent.store import Store
from kiosk_app.base.clock import instant
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.link.desk import DeskFault

_LOOK_S: Final = 2.0
"""How often it is looked whether the citizen has left, while an order waits for that."""
_EARLY_S: Final = 300.0
"""An order from further ahead than this was not made by a central whose clock we know."""
_MOST_REJECTED: Final = 50


class CannotBeDone(Exception):
    """An order that was begun came to nothing; the message is a word for central."""


class Deeds(Protocol):
    """What orders come down to."""

    async def idle(self) -> bool:
        """Whether nobody is at the terminal and no case is on its way."""

    async def refresh(self) -> str:
        """Fetch the catalogue anew and return what came. Raises `CannotBeDone`."""

    async def logs(self) -> str:
        """Send the log to central and return its hash. Raises `CannotBeDone`."""

    async def screenshot(self) -> str:
        """Send a picture of the idle screen to central and return its hash. Raises `CannotBeDone`."""

    def serve(self, in_service: bool) -> None:
        """Show citizens whether the terminal serves them."""

    def restart(self) -> None:
        """Have every process of the terminal end in order. Returns before they do. Raises `CannotBeDone`."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    order: CommandOrder
    until: datetime


class OrderDesk:
    """Takes orders and carries them out, one after the other. Used on the agent's loop."""

    def __init__(
        self,
        kiosk: KioskId,
        store: Store,
        identity: IdentityFile,
        time: CentralClock,
        deeds: Deeds,
        *,
        answered: Callable[[], None],
    ) -> None:
        """`answered` is called when there is something to tell central."""
        self._kiosk = kiosk
        self._store = store
        self._identity = identity
        self._time = time
        self._deeds = deeds
        self._answered = answered
        self._waiting: dict[str, _Waiting] = {}
        self._came = asyncio.Event()
        self._told_off: set[tuple[str, str]] = set()
        self.rejected: dict[str, CommandAnswer] = {}
        """Answers to orders that were not believed: told, and never written down, since their names prove nothing."""

    async def settle(self) -> None:
        """Say how the orders ended that an earlier process was carrying out, and who is served."""
        for kind, begun in await self._store.call(lambda cache: cache.orders.begun()):
            # A restart was the end of that process; of everything else nobody knows how far it got.
            done = kind is CommandKind.RESTART
            await self._end(kind, begun.command_id, CommandState.DONE if done else CommandState.FAILED, "restarted")
        if not await self._store.call(lambda cache: cache.orders.in_service):
            self._deeds.serve(in_service=False)

    async def hear(self, commands: Iterable[SignedCommand]) -> None:
        """Take up what central sent; what was taken up before is only answered again."""
        self.rejected.clear()
        for command in commands:
            order = self._believed(command)
            if order is None or order.command_id in self._waiting:
                continue
            known = await self._store.call(lambda cache, asked=order: cache.orders.find(asked.command_id))  # type: ignore[misc] # bound now
            if known is not None:
                await self._store.call(lambda cache, asked=order: cache.orders.tell_again(asked.command_id))  # type: ignore[misc]
                continue
            self._waiting[order.command_id] = _Waiting(order, _moment(order.expires_at))
        if self._waiting:
            self._came.set()

    async def run(self) -> None:
        """Carry orders out until cancelled."""
        while True:
            await self._came.wait()
            for waiting in tuple(self._waiting.values()):
                try:
                    over = await self._look_at(waiting)
                except DeskFault:
                    over = False  # the store logged it; nothing was begun, and it is tried again
                except Exception as error:  # noqa: BLE001 - a bug in one order must not keep the others
                    log(LogEvent.BUG, error=type(error).__name__, where=where(error))
                    await self._fail(waiting.order)
                    over = True
                if over:
                    del self._waiting[waiting.order.command_id]
                    self._answered()
            if self._waiting:
                await asyncio.sleep(_LOOK_S)
            else:
                self._came.clear()

    async def _look_at(self, waiting: _Waiting) -> bool:
        """Carry an order out if its time has come; return whether it is over."""
        order = waiting.order
        if self._time.now() >= waiting.until:
            await self._note(order, CommandState.EXPIRED)
            return True
        match order.kind:
            case CommandKind.OUT_OF_SERVICE | CommandKind.IN_SERVICE:
                await self._change_service(order, in_service=order.kind is CommandKind.IN_SERVICE)
                return True
            case CommandKind.RESTART | CommandKind.SCREENSHOT:
                if not await self._deeds.idle():
                    return False
            case CommandKind.REFRESH | CommandKind.COLLECT_LOGS:
                pass
            case _:
                assert_never(order.kind)
        if not await self._note(order, CommandState.BEGUN):
            return True
        try:
            detail, blob = await self._carry_out(order)
        except CannotBeDone as failed:
            await self._end(order.kind, order.command_id, CommandState.FAILED, str(failed))
            return True
        if order.kind is not CommandKind.RESTART:  # that is done when the next process says so
            await self._end(order.kind, order.command_id, CommandState.DONE, detail, blob)
        return True

    async def _carry_out(self, order: CommandOrder) -> tuple[str, str | None]:
        match order.kind:
            case CommandKind.REFRESH:
                return await self._deeds.refresh(), None
            case CommandKind.COLLECT_LOGS:
                return "", await self._deeds.logs()
            case CommandKind.SCREENSHOT:
                return "", await self._deeds.screenshot()
            case _:
                self._deeds.restart()
                return "", None

    async def _change_service(self, order: CommandOrder, *, in_service: bool) -> None:
        answer = self._answer(order.command_id, CommandState.DONE)
        fresh = await self._store.call(lambda cache: cache.orders.serve(order.kind, answer, in_service=in_service))
        if fresh:
            log(LogEvent.SERVICE_CHANGED, in_service=in_service)
            log(LogEvent.COMMAND_ENDED, command=order.command_id, kind=order.kind.value, state=answer.state.value)
            self._deeds.serve(in_service=in_service)

    async def _note(self, order: CommandOrder, state: CommandState) -> bool:
        """Write an order down; False when it was written down before, and so must not be done."""
        answer = self._answer(order.command_id, state)
        fresh = await self._store.call(lambda cache: cache.orders.take_up(order.kind, answer))
        if fresh and state is CommandState.BEGUN:
            log(LogEvent.COMMAND_BEGUN, command=order.command_id, kind=order.kind.value)
        elif fresh:
            log(LogEvent.COMMAND_ENDED, command=order.command_id, kind=order.kind.value, state=state.value)
        return fresh

    async def _end(
        self, kind: CommandKind, command_id: str, state: CommandState, detail: str, blob: str | None = None
    ) -> None:
        answer = self._answer(command_id, state, detail, blob)
        await self._store.call(lambda cache: cache.orders.end(answer))
        log(LogEvent.COMMAND_ENDED, command=command_id, kind=kind.value, state=state.value, detail=detail or None)

    async def _fail(self, order: CommandOrder) -> None:
        try:
            await self._note(order, CommandState.BEGUN)
            await self._end(order.kind, order.command_id, CommandState.FAILED, "agent.bug")
        except DeskFault:
            pass  # the store logged it; central hears at the next start that it was interrupted

    def _answer(self, command_id: str, state: CommandState, detail: str = "", blob: str | None = None) -> CommandAnswer:
        at = instant(self._time.now())
        return CommandAnswer(command_id=command_id, state=state, at=at, detail=detail[:200], blob_sha256=blob)

    def _believed(self, command: SignedCommand) -> CommandOrder | None:
        """Return the order if central's pinned key signed it for us, else say why not."""
        try:
            keys = self._identity.read().command_keys
        except IdentityUnusable:
            return None
        signed = is_signed_by(keys, command.key_id, command.signature, command_text(command.payload))
        try:
            order = CommandOrder.model_validate_json(command.payload)
            until, since = _moment(order.expires_at), _moment(order.issued_at)
        except (ValidationError, ValueError):
            self._reject(sha256(command.payload.encode()).hexdigest()[:26], "not an order")
            return None
        wrong = ""
        if not signed:
            wrong = "signature"
        elif order.kiosk != self._kiosk:
            wrong = "another terminal's"
        elif until <= since or (since - self._time.now()).total_seconds() > _EARLY_S:
            wrong = "its times"
        if wrong:
            self._reject(order.command_id, wrong)
            return None
        return order

    def _reject(self, command_id: str, detail: str) -> None:
        if len(self.rejected) < _MOST_REJECTED:
            self.rejected[command_id] = self._answer(command_id, CommandState.REFUSED, detail)
        if (command_id, detail) not in self._told_off and len(self._told_off) < _MOST_REJECTED:
            self._told_off.add((command_id, detail))
            log(LogEvent.COMMAND_REJECTED, command=command_id, detail=detail)
            self._answered()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
