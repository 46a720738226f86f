"""`RemoteDesk`: the case desk as the screen's process sees it, with the agent behind a socket.

Nothing blocks: a question waits for the agent to be there and is asked again when the link broke before
the answer, which every question allows. After each new connection the desk is asked for what may have
been said meanwhile: the catalogue, and how the cases of this screen stand.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from contract.cases import CaseStage, Receipt
from contract.catalogue import Catalogue
from contract.fault import Fault
from contract.ids import CaseId, VisitId
from contract.lookups import LookupAnswer, LookupRequest
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.link.channel import AskFailed, Link, LinkLost
from kiosk_app.link.desk import (
    AttachmentPiece,
    CaseProgress,
    CatalogueChanged,
    CommitRequest,
    DeskEvent,
    DeskFault,
    DeskListener,
    Interrupted,
    Rating,
    Reprint,
    Screenshot,
)
from kiosk_app.link.desk_questions import EVENT, QUESTIONS, SCREEN, SOCKET
from kiosk_app.link.messages import Asked, Json, Said
from kiosk_app.link.transport import LinkClient
from kiosk_app.link.wire import WireError, read, written

_AT_ONCE = 8
"""Questions that travel at a time; the rest waits here, where withdrawing them is cheap."""


@dataclass(eq=False, slots=True)
class _Open:
    """A question without its answer. Done last when the link's thread says so."""

    name: str
    value: Json = field(repr=False)
    future: "Future[Any]" = field(repr=False)
    asked: bool = False


class RemoteDesk:
    """The case desk through a link. Questions asked before `start`, or while the agent is away, wait for it."""

    def __init__(self, run_folder: Path) -> None:
        self._client = LinkClient(run_folder / SOCKET, SCREEN, self)
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._met = False
        self._open: list[_Open] = []
        self._watched: set[CaseId] = set()
        self._listeners: list[DeskListener] = []
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many questions have no answer yet."""
        with self._lock:
            return len(self._open)

    def start(self) -> None:
        """Begin to look for the agent. Returns at once."""
        self._client.start()

    # What the screen asks

    def catalogue(self) -> "Future[Catalogue]":
        return self._ask("catalogue")

    def subscribe(self, listener: DeskListener) -> Callable[[], None]:
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock, suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def resume(self) -> "Future[Interrupted | None]":
        return self._ask("resume")

    def begin_visit(self, visit_id: VisitId) -> "Future[None]":
        return self._ask("begin_visit", visit_id)

    def end_visit(self, visit_id: VisitId) -> "Future[None]":
        """As the desk's; what was asked for the visit and not answered yet is let go of at once."""
        with self._lock:
            self._watched.clear()
        return self._ask("end_visit", visit_id)

    def look_up(self, request: LookupRequest) -> "Future[LookupAnswer]":
        return self._ask("look_up", request)

    def attach(self, piece: AttachmentPiece) -> "Future[int]":
        return self._ask("attach", piece)

    def commit(self, request: CommitRequest) -> "Future[Receipt]":
        future: Future[Receipt] = self._ask("commit", request)
        future.add_done_callback(self._watch)
        return future

    def cancel_print(self, case_id: CaseId) -> "Future[None]":
        return self._ask("cancel_print", case_id)

    def reprint(self, request: Reprint) -> "Future[None]":
        with self._lock:
            self._watched.add(request.case_id)
        return self._ask("reprint", request)

    def rate(self, rating: Rating) -> "Future[None]":
        return self._ask("rate", rating)

    def screenshot(self, picture: Screenshot) -> "Future[None]":
        return self._ask("screenshot", picture)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            waiting, self._open = self._open, []
        self._client.close()
        for question in waiting:
            _fail(question.future, Fault.of("visit.interrupted", "the screen ended first"))

    # What the link says, on its thread

    def connected(self, link: Link, role: str) -> None:  # noqa: ARG002 - only agentd is let in
        with self._lock:
            again, self._met = self._met, True
            self._link = link
            watched = tuple(self._watched)
        if again:
            for case_id in watched:
                self._ask("tell", case_id)
            self._ask("catalogue").add_done_callback(self._publish_catalogue)
        self._pump()

    def heard(self, link: Link, message: Said | Asked) -> None:  # noqa: ARG002 - there is one link
        if not isinstance(message, Said) or message.name != EVENT:
            raise WireError("the desk only tells of events")
        event: DeskEvent = read(cast("type[DeskEvent]", DeskEvent), message.value)
        if isinstance(event, CaseProgress) and event.stage is CaseStage.CLOSED:
            with self._lock:
                self._watched.discard(event.case_id)
        self._publish(event)

    def lost(self, link: Link, reason: str) -> None:  # noqa: ARG002 - the link logs the reason
        with self._lock:
            self._link = None
            for question in self._open:
                question.asked = False

    # Within

    def _ask(self, name: str, value: object = None) -> "Future[Any]":
        carries = QUESTIONS[name].carries
        question = _Open(name, None if carries is None else written(carries, value), Future())
        with self._lock:
            closed = self._closed
            if not closed:
                self._open.append(question)
        if closed:
            _fail(question.future, Fault.of("visit.interrupted", "the screen is closed"))
        else:
            self._pump()
        return question.future

    def _pump(self) -> None:
        """Ask what waits, in its order."""
        with self._lock:
            link = self._link
            travelling = sum(1 for question in self._open if question.asked)
            due = [question for question in self._open if not question.asked][: max(0, _AT_ONCE - travelling)]
            if link is None:
                return
            for question in due:
                question.asked = True
        for question in due:
            answer = link.ask(question.name, question.value)
            answer.add_done_callback(lambda done, asked=question: self._answered(asked, done))  # type: ignore[misc]

    def _answered(self, question: _Open, done: "Future[Json]") -> None:
        error = done.exception()
        if isinstance(error, LinkLost):
            return  # It is asked again with the next connection.
        with self._lock:
            if question not in self._open:
                return
            self._open.remove(question)
        answer = QUESTIONS[question.name].answer
        try:
            if isinstance(error, AskFailed):
                _fail(question.future, read(Fault, error.value))
            elif error is not None:
                _fail(question.future, Fault.of("agent.bug", type(error).__name__))
            else:
                question.future.set_result(None if answer is None else read(answer, done.result()))
        except WireError as wrong:
            _fail(question.future, Fault.of("agent.bug", str(wrong)[:200]))
        self._pump()

    def _watch(self, done: "Future[Receipt]") -> None:
        """Remember a case of this screen until it is heard to be closed."""
        if done.exception() is None:
            with self._lock:
                self._watched.add(done.result().case_id)

    def _publish_catalogue(self, done: "Future[Catalogue]") -> None:
        if done.exception() is None:
            self._publish(CatalogueChanged(done.result()))

    def _publish(self, event: DeskEvent) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - one deaf listener must not stop the others
                log(LogEvent.BUG, error=type(error).__name__, where=where(error))


def _fail(future: "Future[Any]", fault: Fault) -> None:
    future.set_exception(DeskFault(fault))
