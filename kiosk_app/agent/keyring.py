"""The terminal's key over time: a new one while the old one is good, and back to the old one if central forgot the new.

Central asks for a new key long before the end. A key that could not be changed is tried again with the next
sync; the trouble is logged once.
"""

import asyncio

from kiosk_app.agent.exchange import CentralTrouble
from kiosk_app.agent.identity import Identity, IdentityUnusable
from kiosk_app.agent.line import Line
from kiosk_app.agent.worker import in_thread
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log


class Keyring:
    """Changes the key. Used on the agent's loop."""

    def __init__(self, line: Line, request_s: float) -> None:
        self._line = line
        self._request_s = request_s
        self._troubled = False

    async def rotate(self) -> None:
        """Exchange the key for a new one, if that works now."""
        outcome = await asyncio.wrap_future(in_thread("agent-key", self._rotated))
        if isinstance(outcome, Identity):
            self._troubled = False
            log(LogEvent.KEY_ROTATED, not_after=outcome.not_after)
        elif not self._troubled:
            self._troubled = True
            log(LogEvent.KEY_NOT_ROTATED, detail=outcome)

    async def fall_back(self) -> bool:
        """Take up the key before this one, as a central that was restored from a backup knows it; False without one."""
        return await asyncio.wrap_future(in_thread("agent-key", self._fell_back))

    def _rotated(self) -> Identity | str:
        from kiosk_app.agent.enrolment import rotate  # noqa: PLC0415 - loads the HTTP library, see `line`

        try:
            return rotate(self._line.central(), self._line.identity, seconds=self._request_s)
        except CentralTrouble as trouble:
            return str(trouble)
        except IdentityUnusable as unusable:
            return str(unusable)
        except OSError as error:
            return type(error).__name__

    def _fell_back(self) -> bool:
        file = self._line.identity
        try:
            with file.changing():
                known = file.read()
                if known.before is None:
                    return False
                file.write(known.model_copy(update={"key": known.before, "before": None, "coming": None}))
        except (IdentityUnusable, OSError):
            return False
        return True
