"""A terminal's sync in a process of its own, for tests that kill it: ``python -m tests.draining_terminal …``.

Says on a line of its own how much is undelivered, each time that it hears of central.
"""

import asyncio
import sys
from pathlib import Path

from kiosk_app.link.desk import CentralSeen, DeskEvent
from tests.sync_rig import SyncTerminal, terminal


class _Telling(SyncTerminal):
    def _say(self, event: DeskEvent) -> None:
        super()._say(event)
        if isinstance(event, CentralSeen):
            sys.stdout.write(f"{event.undelivered}\n")
            sys.stdout.flush()


async def _drain(folder: Path, url: str, kiosk: str, batch_events: int) -> None:
    async with terminal(folder, url, kiosk, batch_events=batch_events, kind=_Telling) as here:
        while await here.undelivered():
            here.clock.passed_s += await here.round()


if __name__ == "__main__":
    _folder, _url, _kiosk, _batch = sys.argv[1:]
    asyncio.run(_drain(Path(_folder), _url, _kiosk, int(_batch)))
