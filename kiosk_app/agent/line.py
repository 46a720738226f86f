"""The line to central: whatever is asked there goes through here, in this terminal's name and a thread of its own.

Holds what all questions share: address, identity, and what is known of central's clock. The HTTP library is
loaded by the first question, on its thread, since it is slow to load and the loop may not wait for it.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk_app.agent.central_clock import CentralClock
from kiosk_app.agent.exchange import Answer, CentralTrouble
from kiosk_app.agent.identity import IdentityFile
from kiosk_app.agent.worker import in_thread
from kiosk_app.base.clock import Clock
from kiosk_app.base.settings import CentralSection

if TYPE_CHECKING:
    from kiosk_app.agent.central import Central


class Line:
    """One terminal's way to central. `ask` is for the agent's loop."""

    def __init__(self, settings: CentralSection, identity: IdentityFile, clock: Clock) -> None:
        self.settings = settings
        self.identity = identity
        self.time = CentralClock(clock)
        self._clock = clock

    def central(self) -> "Central":
        """Return the client; slow the first time."""
        from kiosk_app.agent.central import Central  # noqa: PLC0415 - see the module's docstring

        return Central(self.settings, self.identity, self._clock, self.time)

    async def ask(self, question: "Callable[[Central], Answer]", *, thread: str = "agent-central") -> Answer:
        """Ask in a thread.

        Raises:
            CentralTrouble: there is no good answer.
        """
        outcome = await asyncio.wrap_future(in_thread(thread, lambda: self._asked(question)))
        if isinstance(outcome, CentralTrouble):
            raise outcome
        return outcome

    def _asked(self, question: "Callable[[Central], Answer]") -> "Answer | CentralTrouble":
        # Returned, not raised: a traceback that crossed threads would keep the body that was sent.
        try:
            return question(self.central())
        except CentralTrouble as trouble:
            return trouble.with_traceback(None)
