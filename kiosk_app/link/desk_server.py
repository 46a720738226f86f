"""The desk's end of the desk link: questions of screens are put to the desk, its events told to all of them.

It decides nothing and keeps nothing but the latest word on whether central answers and whether the terminal
is in service, which a screen that comes later has to know too. When the last screen is gone it says so, since
the paper of a citizen whose screen died may not lie there for the next one.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, cast

from contract.fault import Fault
from contract.ids import CaseId
from kiosk_app.link.channel import Link
from kiosk_app.link.desk import CaseDesk, CentralSeen, DeskEvent, DeskFault, ServiceChanged
from kiosk_app.link.desk_questions import AGENT, EVENT, QUESTIONS, SOCKET
from kiosk_app.link.messages import Asked, Said
from kiosk_app.link.transport import LinkServer
from kiosk_app.link.wire import WireError, read, said_name, written


class ServedDesk(CaseDesk, Protocol):
    """A desk that can tell again how a case stands, to a screen that may have missed it."""

    def tell(self, case_id: CaseId) -> "Future[None]":
        """Publish how the case stands, if it is over."""


class DeskServer:
    """Serves `desk` at the desk link's socket below `run_folder`."""

    def __init__(self, desk: ServedDesk, run_folder: Path, *, screens: Callable[[bool], None]) -> None:
        """Take the socket; `screens` hears on a link's thread when the first screen came and the last one went.

        Raises:
            SocketTaken: another process serves the desk.
            OSError: the socket cannot be made.
        """
        self._desk = desk
        self._screens = screens
        self._lock = threading.Lock()
        self._links: dict[Link, str] = {}
        self._last: dict[type, CentralSeen | ServiceChanged] = {}
        self._server = LinkServer(run_folder / SOCKET, AGENT, self)
        self._unsubscribe = desk.subscribe(self._tell_all)

    def start(self) -> None:
        """Begin to take screens. Returns at once."""
        self._server.start()

    def close(self) -> None:
        """Hang up. Safe twice."""
        self._unsubscribe()
        self._server.close()

    def connected(self, link: Link, role: str) -> None:
        with self._lock:
            first = role == "ui" and "ui" not in self._links.values()
            self._links[link] = role
            last = tuple(self._last.values())
        for event in last:
            link.say(EVENT, written(cast("type[DeskEvent]", DeskEvent), event))
        if first:
            self._screens(True)

    def heard(self, link: Link, message: Said | Asked) -> None:
        if not isinstance(message, Asked) or message.name not in QUESTIONS:
            raise WireError(f"{said_name(message.name)} is no question to the desk")
        carries = QUESTIONS[message.name].carries
        ask: Callable[..., Future[Any]] = getattr(self._desk, message.name)
        future = ask() if carries is None else ask(read(carries, message.value))
        future.add_done_callback(lambda done: _answer(link, message, done))

    def lost(self, link: Link, reason: str) -> None:  # noqa: ARG002 - the link logs the reason
        with self._lock:
            role = self._links.pop(link, None)
            last = role == "ui" and "ui" not in self._links.values()
        if last:
            self._screens(False)

    def _tell_all(self, event: DeskEvent) -> None:
        held = written(cast("type[DeskEvent]", DeskEvent), event)
        with self._lock:
            if isinstance(event, CentralSeen | ServiceChanged):
                self._last[type(event)] = event
            links = tuple(self._links)
        for link in links:
            link.say(EVENT, held)


def _answer(link: Link, asked: Asked, done: "Future[Any]") -> None:
    error = None if done.cancelled() else done.exception()
    if done.cancelled() or error is not None:
        fault = error.fault if isinstance(error, DeskFault) else Fault.of("agent.bug")
        link.fail(asked, written(Fault, fault))
        return
    answer = QUESTIONS[asked.name].answer
    link.answer(asked, None if answer is None else written(answer, done.result()))
