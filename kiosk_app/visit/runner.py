"""The runner: performs what the visit machine asks for, and feeds it what happens.

It lives on one thread, the screen's, and never waits there: devices and desk answer through `post`,
which must be safe from any thread and bring the event back to `handle`. Listeners hear every new
state, and every change of the facts around it.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar, assert_never

from contract.catalogue import Catalogue
from contract.fault import Fault
from contract.ids import DeviceId, new_id
from devices.events import DeviceView, Numbered, ReadIdentity, ScanCode, StatusChanged, WatchRemoval
from devices.hub import DeviceHub
from devices.values import DeviceKind, DeviceStatus
from kiosk_app.base.clock import Clock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.link.desk import CaseDesk, CatalogueChanged, CentralSeen, DeskEvent, DeskFault, ServiceChanged
from kiosk_app.visit.effects import (
    AskRegister,
    BeginVisit,
    CancelPrint,
    CommitCase,
    Effect,
    EndVisit,
    PrintAgain,
    ReadCard,
    ReadCode,
    RecordRating,
    WatchCard,
    WithdrawOrder,
)
from kiosk_app.visit.events import (
    CaseKept,
    CaseRefused,
    DeskSaid,
    DeviceSaid,
    RegisterAnswered,
    RegisterFailed,
    ReprintRefused,
    Resumed,
    VisitEvent,
)
from kiosk_app.visit.facts import Facts
from kiosk_app.visit.machine import step
from kiosk_app.visit.state import Language, VisitState

Answer = TypeVar("Answer")
Post = Callable[[VisitEvent], None]


class VisitRunner:
    """Holds the state; everything else about a visit is a pure function."""

    def __init__(
        self,
        hub: DeviceHub,
        desk: CaseDesk,
        clock: Clock,
        post: Post,
        first_language: Language,
        *,
        verify_url: str = "",
    ) -> None:
        self._hub = hub
        self._desk = desk
        self._clock = clock
        self._post = post
        self._verify_url = verify_url
        self._devices: dict[DeviceId, DeviceView] = {}
        self._catalogue: Catalogue | None = None
        self._central: CentralSeen | None = None
        self._settled = False
        self._in_service = True
        self._listeners: list[Callable[[], None]] = []
        self._unsubscribe: list[Callable[[], None]] = []
        self.state = VisitState(language=first_language, first_language=first_language)

    def start(self) -> None:
        """Begin to hear devices and desk, and ask what an earlier process was stopped in."""
        self._unsubscribe = [self._hub.subscribe(self._hear_device), self._desk.subscribe(self._hear_desk)]
        for view in self._hub.snapshot().devices:
            self._devices[view.info.device] = view
        self._when(self._desk.catalogue(), lambda catalogue: DeskSaid(CatalogueChanged(catalogue)), None)
        self._when(self._desk.resume(), Resumed, lambda _: Resumed(None))

    def stop(self) -> None:
        """Hear nothing any more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of state or facts."""
        self._listeners.append(listener)

    def facts(self, fresh: str = "") -> Facts:
        """What is true around the visit now; `fresh` is for an event that may begin something."""
        return Facts(
            now=self._clock.monotonic(),
            fresh=fresh,
            catalogue=self._catalogue,
            reader=self._status("identity-reader"),
            printer=self._status("printer"),
            central=self._central,
            scanner=self._status("code-scanner"),
            verify_url=self._verify_url,
            settled=self._settled,
            in_service=self._in_service,
        )

    def handle(self, event: VisitEvent) -> None:
        """Step the machine and perform what it asks for."""
        # Nothing begins before the terminal is ready, and its first frame does not wait for identifiers.
        fresh = new_id() if self._settled and self._catalogue is not None else ""
        self._learn(event)
        before = self.state
        self.state, effects = step(before, event, self.facts(fresh))
        if type(before.situation) is not type(self.state.situation):
            visit = self.state.visit or before.visit
            log(
                LogEvent.VISIT_MOVED,
                visit=visit.visit_id if visit is not None else None,
                situation=type(self.state.situation).__name__,
            )
        for effect in effects:
            self._perform(effect)
        for listener in self._listeners:
            listener()

    def _learn(self, event: VisitEvent) -> None:
        """Take up facts that events carry."""
        match event:
            case DeviceSaid(StatusChanged(device, status)):
                if device in self._devices:
                    self._devices[device] = replace(self._devices[device], status=status)
            case DeskSaid(CatalogueChanged(catalogue)):
                self._catalogue = catalogue
            case DeskSaid(CentralSeen() as seen):
                self._central = seen
            case DeskSaid(ServiceChanged(in_service)):
                self._in_service = in_service
            case Resumed():
                self._settled = True

    def _perform(self, effect: Effect) -> None:
        match effect:
            case BeginVisit(visit):
                log(LogEvent.VISIT_BEGAN, visit=visit)
                self._when(self._desk.begin_visit(visit), None, None)
            case EndVisit(visit, reason):
                log(LogEvent.VISIT_ENDED, visit=visit, reason=reason)
                self._when(self._desk.end_visit(visit), None, None)
            case ReadCard(order, seconds):
                self._hub.order(self._device("identity-reader"), ReadIdentity(order, seconds))
            case ReadCode(order, seconds):
                self._hub.order(self._device("code-scanner"), ScanCode(order, seconds))
            case WatchCard(order, seconds):
                self._hub.order(self._device("identity-reader"), WatchRemoval(order, seconds))
            case WithdrawOrder(order):
                self._hub.cancel(order)
            case AskRegister(question):
                self._when(
                    self._desk.look_up(question),
                    lambda answer: RegisterAnswered(question.lookup_id, answer),
                    lambda fault: RegisterFailed(question.lookup_id, fault),
                )
            case CommitCase(request):
                self._when(
                    self._desk.commit(request),
                    lambda receipt: CaseKept(request.visit_id, receipt),
                    lambda fault: CaseRefused(request.visit_id, fault),
                )
            case CancelPrint(case):
                self._when(self._desk.cancel_print(case), None, None)
            case PrintAgain(asked):
                self._when(self._desk.reprint(asked), None, lambda fault: ReprintRefused(asked.case_id, fault))
            case RecordRating(rating):
                self._when(self._desk.rate(rating), None, None)
            case _:
                assert_never(effect)

    def _when(
        self,
        future: "Future[Answer]",
        answered: Callable[[Answer], VisitEvent | None] | None,
        failed: Callable[[Fault], VisitEvent] | None,
    ) -> None:
        """Post what a future brings, from whatever thread completes it."""

        def done(finished: "Future[Answer]") -> None:
            if finished.cancelled():
                return
            error = finished.exception()
            event: VisitEvent | None = None
            if error is None:
                event = answered(finished.result()) if answered is not None else None
            else:
                if not isinstance(error, DeskFault):
                    log(LogEvent.BUG, error=type(error).__name__, where=where(error))
                fault = error.fault if isinstance(error, DeskFault) else Fault.of("agent.bug")
                event = failed(fault) if failed is not None else None
            if event is not None:
                self._post(event)

        future.add_done_callback(done)

    def _hear_device(self, numbered: Numbered) -> None:
        self._post(DeviceSaid(numbered.event))

    def _hear_desk(self, event: DeskEvent) -> None:
        self._post(DeskSaid(event))

    def _status(self, kind: DeviceKind) -> DeviceStatus | None:
        return next((view.status for view in self._devices.values() if view.info.kind == kind), None)

    def _device(self, kind: DeviceKind) -> DeviceId:
        """The first device of a kind; an unknown id is answered by the hub like an absent device."""
        return next((view.info.device for view in self._devices.values() if view.info.kind == kind), DeviceId(kind))
