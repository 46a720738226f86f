"""What an earlier process left open is settled from evidence, and owned up to; nothing is printed twice.

A print that was intended but never settled is asked about at the printer and is `unknown` where the
evidence is silent. A case that never came to a printer goes on when its citizen's screen asks for it, and
closes as a failed print when that screen is gone: the next citizen must not find the sheet. The mark of
the running visit goes last, so that a second crash is owned up to as well.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from contract.cases import CaseStage, PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, CaseId, new_id
from devices.values import PrintSettlement
from kiosk_app.agent.casework import Casework
from kiosk_app.agent.print_desk import PrintDesk
from kiosk_app.agent.store import Store
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.link.desk import DeskFault, Interrupted
from offline_cache.cases import CaseRecord

UNCLAIMED_S: Final = 20.0
"""How long a case that came to no printer waits for a screen that survived its agent."""


class Leftovers:
    """The cases that were open when this process began."""

    def __init__(self, store: Store, casework: Casework, print_desk: PrintDesk) -> None:
        self._store = store
        self._casework = casework
        self._print_desk = print_desk
        self._closing: dict[CaseId, asyncio.Task[None]] = {}

    async def settle(self) -> None:
        """Settle every doubt now, and after a while what nobody claimed. Trouble with the disk leaves both open."""
        try:
            await self._close_all(record for record in await self._open() if record.print_in_doubt)
            await asyncio.sleep(UNCLAIMED_S)
            await self._close_all(await self._open())
        except DeskFault:
            pass  # The store logged it; whoever resumes hears of it.

    async def resume(self) -> Interrupted | None:
        """Close every case, also those at work: their screen is gone. Return the visit that was cut short.

        Raises:
            DeskFault: ``storage.*``; what is open stays open for the next start.
        """
        self._withdraw()
        # The last word of a screen that is gone may be a commit. One under way is waited for and owned up to; one
        # that is heard only later comes to a visit that is over.
        async with self._casework.committing:
            self._withdraw()
            visit = await self._store.call(lambda cache: cache.running_visit())
            await self._casework.until_closed()
            await self._close_all(await self._open())
            if visit is None:
                return None
            newest = await self._store.call(lambda cache: cache.newest_case_of(visit))
            self._casework.end_visit(visit)
            await self._store.call(lambda cache: cache.end_visit(visit))
        interrupted = Interrupted(
            visit,
            newest.receipt if newest is not None else None,
            newest.outcome if newest is not None and newest.stage is CaseStage.CLOSED else None,
        )
        log(
            LogEvent.VISIT_INTERRUPTED,
            visit=visit,
            case=newest.case_id if newest is not None else None,
            print=interrupted.print.value if interrupted.print is not None else None,
        )
        return interrupted

    def _withdraw(self) -> None:
        for case_id in self._casework.at_work:
            self._print_desk.withdraw(case_id)

    async def tell(self, case_id: CaseId) -> None:
        """Say how a case stands to the screen that still waits for it, and go on with it if nobody did."""
        record = await self._store.call(lambda cache: cache.cases.find(case_id))
        if record is None:
            return
        if record.stage is CaseStage.CLOSED or case_id in self._casework.at_work:
            self._casework.tell_again(record)
        elif not record.print_in_doubt and case_id not in self._closing:
            await self._casework.go_on(record)

    async def _open(self) -> tuple[CaseRecord, ...]:
        """Return the open cases that no task of this process sees through."""
        found = await self._store.call(lambda cache: cache.cases.open())
        return tuple(record for record in found if record.case_id not in self._casework.at_work)

    async def _close_all(self, records: Iterable[CaseRecord]) -> None:
        """Close cases at once, so that several doubts take no longer than one; each is closed by one task only."""
        tasks = []
        for record in records:
            if record.case_id not in self._closing:
                task = asyncio.ensure_future(self._close(record))
                self._closing[record.case_id] = task
                task.add_done_callback(lambda _, case_id=record.case_id: self._closing.pop(case_id, None))  # type: ignore[misc]
            tasks.append(self._closing[record.case_id])
        await asyncio.gather(*map(asyncio.shield, tasks))

    async def _close(self, record: CaseRecord) -> None:
        self._casework.publish(await self._casework.close_case(record.case_id, await self._how_it_ended(record)))

    async def _how_it_ended(self, record: CaseRecord) -> PrintSettlement:
        if record.print_in_doubt and record.action_id is not None:
            return await self._print_desk.settle(record.case_id, record.action_id)
        return PrintSettlement(ActionId(new_id()), PrintOutcome.FAILED, Fault.of("print.interrupted"))
