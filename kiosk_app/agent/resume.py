"""After a start: settle what an earlier process left open, print nothing, and own up to it.

A print that was intended but never settled is asked about at the printer and is `unknown` where the
evidence is silent. A case that never came to a printer closes as a failed print, because the person who
would take the sheet is gone and the next citizen must not find it. The mark of the running visit goes
last, so that a second crash is owned up to as well.
"""

import asyncio

from contract.cases import CaseStage, PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, new_id
from devices.values import PrintSettlement
from kiosk_app.agent.casework import Casework
from kiosk_app.agent.print_desk import PrintDesk
from kiosk_app.agent.store import Store
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.link.desk import Interrupted
from offline_cache.cases import CaseRecord


async def resume(store: Store, casework: Casework, print_desk: PrintDesk) -> Interrupted | None:
    """Close every case that no running task sees through; return the visit that was cut short.

    Raises:
        DeskFault: ``storage.*``; what is open stays open for the next start.
    """
    visit = await store.call(lambda cache: cache.running_visit())
    left_open = await store.call(lambda cache: cache.cases.open())
    # At once, so that several doubts take no longer than one.
    await asyncio.gather(
        *(_close(record, casework, print_desk) for record in left_open if record.case_id not in casework.at_work)
    )
    if visit is None:
        return None
    newest = await store.call(lambda cache: cache.newest_case_of(visit))
    await store.call(lambda cache: cache.end_visit(visit))
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


async def _close(record: CaseRecord, casework: Casework, print_desk: PrintDesk) -> None:
    await casework.close_case(record.case_id, await _how_it_ended(record, print_desk))


async def _how_it_ended(record: CaseRecord, print_desk: PrintDesk) -> PrintSettlement:
    if record.print_in_doubt and record.action_id is not None:
        return await print_desk.settle(record.action_id)
    return PrintSettlement(ActionId(new_id()), PrintOutcome.FAILED, Fault.of("print.interrupted"))
