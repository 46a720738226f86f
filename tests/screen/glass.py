"""The real screen, offscreen, in the test's own process: real QML and views over a fake hub and desk.

`Glass` brings the visit into any situation of `SCENES` and lets the page be drawn. It fakes nothing of the
screen itself; what is on it, `tests.screen.sight` finds.
"""

from collections.abc import Callable

from PySide6.QtCore import QMetaObject, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlEngine
from PySide6.QtQuick import QQuickWindow
from PySide6.QtTest import QTest

from contract.cases import CaseStage, PrintOutcome
from contract.fault import Fault
from contract.ids import CaseId, VisitId
from devices.events import (
    CardFault,
    CardRead,
    CodeFault,
    CodeRead,
    DeviceEvent,
    MediaChanged,
    OrderEnded,
    StatusChanged,
)
from devices.values import CardFlag, Code, DeviceState, DeviceStatus, Media
from kiosk_app.entry.dev.fingers import Fingers
from kiosk_app.link.desk import CaseDelivered, CaseProgress, CentralSeen, Interrupted
from kiosk_app.visit.events import Resumed, TimePassed, Touched
from kiosk_app.visit.runner import Post, VisitRunner
from tests.fake_desk import PRINTER, READER, SCANNER, FakeClock, FakeDesk, FakeHub
from tests.unit.documents import VERIFY_URL, catalogue
from tests.visit_bench import CHECK, ITEM, SCANNED, id_card, issued_answer, receipt, register_answer
from ui.app import Screen
from ui.items_model import ItemsModel
from ui.page_values import Shown
from ui.presenter import Presenter

KIOSK = "demo-0001"
_PATIENT_MS = 60_000
"""How long a screen that just started invites here: longer than any test that has it start takes."""
ONLINE = DeviceStatus(DeviceState.ONLINE)


class Glass:
    """One window, the visit behind it, and everything a test plays with."""

    def __init__(self, application: QGuiApplication) -> None:
        self.application = application
        self.begin_in = "zh"
        self.hub, self.desk, self.clock = FakeHub(), FakeDesk(), FakeClock()
        self.screen = Screen(application, KIOSK, "zh")
        self.window: QQuickWindow = self.screen.load(1080, 1920, full_screen=False)
        self.screen.load_other_fonts()
        self.presenter = Presenter(self.screen, self._runner)
        self.runner = self.presenter.runner
        self.presenter.start()
        self.answer_start()
        self.pointer = QTest.createTouchDevice()
        self.fingers = Fingers(self.window, self.pointer)
        self.draw()

    @property
    def situation(self) -> str:
        return type(self.runner.state.situation).__name__

    @property
    def items(self) -> ItemsModel:
        """The rows of the home page."""
        model = self.screen.home.property("items")
        assert isinstance(model, ItemsModel)
        return model

    @property
    def engine(self) -> QQmlEngine:
        return QQmlEngine.contextForObject(self.window).engine()

    def start_again(self) -> None:
        """Be a screen that just started: there is a visit machine, but the desk has not answered it yet."""
        self.presenter.stop()
        self.hub, self.desk, self.clock = FakeHub(), FakeDesk(), FakeClock()
        self.screen.visit._sure = True
        self.screen.visit.show_page(Shown())
        self.presenter = Presenter(self.screen, self._runner, invites_ms=_PATIENT_MS)
        self.runner = self.presenter.runner
        self.presenter.start()
        self.draw()

    def answer_start(self, interrupted: Interrupted | None = None) -> None:
        """Have the desk say what it offers, and what an earlier process was stopped in."""
        self.desk.answer("catalogue", catalogue())
        self.desk.answer("resume", interrupted)

    def _runner(self, post: Post) -> VisitRunner:
        return VisitRunner(self.hub, self.desk, self.clock, post, "zh", verify_url=VERIFY_URL)

    def close(self) -> None:
        self.presenter.stop()
        self.screen.close()

    # Time and drawing

    def deliver(self) -> None:
        """Let the Qt thread take up what was posted."""
        for _ in range(4):
            self.application.processEvents()
            self.application.sendPostedEvents(None, 52)  # QEvent.DeferredDelete: pages that went

    def draw(self) -> None:
        """Let the page arrive and be laid out, without waiting for the way it slides in."""
        self.deliver()
        for animation in self.window.findChildren(QObject):
            if animation.metaObject().className() == "QQuickNumberAnimation":
                QMetaObject.invokeMethod(animation, "complete")
        for _ in range(2):  # a list whose rows grew is laid out anew with the next frame
            self.window.grabWindow()
            self.deliver()

    def resize(self, width: int, height: int) -> None:
        self.window.resize(width, height)
        self.draw()

    def let_pass(self, seconds: float) -> None:
        self.clock.at += seconds
        self.runner.handle(TimePassed())

    def wait_for_clock(self) -> None:
        wakes_at = self.runner.state.wakes_at
        assert wakes_at is not None, f"{self.situation} has no clock"
        self.let_pass(wakes_at - self.clock.at)

    # What happens

    def touch(self, name: str, value: str = "") -> None:
        """Touch without a finger, for tests that are not about touching."""
        self.runner.handle(Touched(name, value))

    def device(self, event: DeviceEvent) -> None:
        self.hub.say(event)
        self.deliver()

    def card(self, *flags: CardFlag) -> None:
        self.device(CardRead(READER, self.hub.order_id, id_card(*flags)))

    def answers(self) -> None:
        self.desk.answer("look_up", register_answer(self.desk.questions("look_up")[-1].lookup_id))
        self.deliver()

    def code(self, text: str) -> None:
        self.device(CodeRead(SCANNER, self.hub.order_id, Code(text)))

    def finds(self, outcome: str) -> None:
        self.desk.answer("look_up", issued_answer(self.desk.questions("look_up")[-1].lookup_id, outcome))
        self.deliver()

    def progress(
        self,
        stage: CaseStage,
        outcome: PrintOutcome | None = None,
        *,
        held: str | None = None,
        fault: str | None = None,
    ) -> None:
        self.desk.say(
            CaseProgress(
                CaseId("case-1"),
                stage,
                outcome,
                Fault.of(held) if held is not None else None,
                Fault.of(fault) if fault is not None else None,
            )
        )
        self.deliver()

    def make_devices_well(self) -> None:
        self.device(StatusChanged(READER, ONLINE))
        self.device(StatusChanged(PRINTER, ONLINE))
        self.device(StatusChanged(SCANNER, ONLINE))

    def make_free(self) -> None:
        """End whatever there is and put everything back, as for the next citizen."""
        self.make_devices_well()
        self.desk.say(CentralSeen(reachable=True, undelivered=0))
        self.deliver()
        if self.situation == "Committing":
            self.desk.fail("commit", "storage.full")
            self.deliver()
        self.touch("leave")
        while self.situation != "Idle":
            self.wait_for_clock()
        if getattr(self.runner.state.situation, "card_left", False):
            self.device(OrderEnded(READER, self.hub.order_id))
        self.deliver()

    def go(self, scene: str) -> None:
        """Play a scene of `SCENES` from the idle screen on."""
        self.make_free()
        for play in SCENES[scene]:
            play(self)
        self.draw()


def _begin(glass: Glass) -> None:
    glass.touch("language", glass.begin_in)


def _item(glass: Glass) -> None:
    glass.touch("item", ITEM)


def _check(glass: Glass) -> None:
    glass.touch("item", CHECK)


def _scan(text: str) -> "Play":
    return lambda glass: glass.code(text)


def _unreadable(glass: Glass) -> None:
    glass.device(CodeFault(SCANNER, glass.hub.order_id, Fault.of("code.unreadable", "too long")))


def _found_as(outcome: str) -> "Play":
    return lambda glass: glass.finds(outcome)


def _consent(glass: Glass) -> None:
    glass.touch("consent")


def _committed(glass: Glass) -> None:
    glass.desk.answer("commit", receipt())
    glass.deliver()


def _confirm(glass: Glass) -> None:
    glass.touch("confirm")


def _search(query: str) -> "Play":
    return lambda glass: glass.touch("search", query)


def _found(glass: Glass) -> None:
    glass.device(MediaChanged(READER, glass.hub.order_id, Media.PRESENT))


def _card_fault(code: str) -> "Play":
    return lambda glass: glass.device(CardFault(READER, glass.hub.order_id, Fault.of(code)))


def _lookup_fails(code: str) -> "Play":
    def play(glass: Glass) -> None:
        glass.desk.fail("look_up", code)
        glass.deliver()

    return play


def _commit_fails(glass: Glass) -> None:
    glass.desk.fail("commit", "storage.full")
    glass.deliver()


def _device_goes(code: str) -> "Play":
    device = {"reader": READER, "scanner": SCANNER}.get(code.split(".", maxsplit=1)[0], PRINTER)
    return lambda glass: glass.device(StatusChanged(device, DeviceStatus(DeviceState.NO_DEVICE, fault=Fault.of(code))))


def _held(code: str) -> "Play":
    return lambda glass: glass.progress(CaseStage.PRINTING, held=code)


def _closes(outcome: PrintOutcome, fault: str | None = None) -> "Play":
    return lambda glass: glass.progress(CaseStage.CLOSED, outcome, fault=fault)


def _offline(glass: Glass) -> None:
    glass.desk.say(CentralSeen(reachable=False, undelivered=2))
    glass.deliver()


def _delivered(glass: Glass) -> None:
    glass.desk.say(CaseDelivered(CaseId("case-1")))
    glass.deliver()


def _rate(glass: Glass) -> None:
    glass.touch("rate", "2")


def _leave(glass: Glass) -> None:
    glass.touch("leave")


def _strike(glass: Glass) -> None:
    glass.wait_for_clock()


def _interrupted(outcome: PrintOutcome | None) -> "Play":
    found = Interrupted(VisitId("before"), receipt() if outcome is not None else None, outcome)
    return lambda glass: glass.runner.handle(Resumed(found))


Play = Callable[[Glass], None]

_READER = (_begin, _item, _consent)
_ASKED = (*_READER, Glass.card)
_KNOWN = (*_ASKED, Glass.answers)
_PRINTS = (*_KNOWN, _confirm, _committed)
_SCANNER = (_begin, _check)
_SCANNED = (*_SCANNER, _scan(SCANNED))

SCENES: dict[str, tuple[Play, ...]] = {
    "idle": (),
    "idle, a card left": (*_KNOWN, _leave, _found, _strike),
    "home": (_begin,),
    "home, nothing found": (_begin, _search("QQQQ")),
    "home, no paper": (_begin, _device_goes("printer.media_empty")),
    "home, no reader": (_begin, _device_goes("reader.absent")),
    "home, offline": (_begin, _offline),
    "home, warned": (_begin, _strike),
    "consent": (_begin, _item),
    "card": _READER,
    "card, reading": (*_READER, _found),
    "card, lifted": (*_READER, _card_fault("card.lifted")),
    "card, unreadable": (*_READER, _card_fault("card.unreadable")),
    "card, to be lifted": (*_READER, _card_fault("card.already_read")),
    "card, reader gone": (*_READER, _device_goes("reader.offline")),
    "asking": _ASKED,
    "review": _KNOWN,
    "review, no paper": (*_KNOWN, _device_goes("printer.media_empty")),
    "review, warned": (*_KNOWN, _strike),
    "home, no scanner": (_begin, _device_goes("scanner.absent")),
    "scan": _SCANNER,
    "scan, not ours": (*_SCANNER, _scan("https://example.invalid/not-ours")),
    "scan, unreadable": (*_SCANNER, _unreadable),
    "scan, scanner gone": (*_SCANNER, _device_goes("scanner.offline")),
    "scan, asking": _SCANNED,
    "scan, unknown": (*_SCANNED, _lookup_fails("code.unknown")),
    "scan, unreachable": (*_SCANNED, _lookup_fails("central.unreachable")),
    "checked": (*_SCANNED, _found_as("sent")),
    "checked, print failed": (*_SCANNED, _found_as("failed")),
    "checked, print unknown": (*_SCANNED, _found_as("unknown")),
    "checked, never foreseen": (*_SCANNED, _found_as("?")),
    "committing": (*_KNOWN, _confirm),
    "printing": _PRINTS,
    "printing, made": (*_PRINTS, lambda glass: glass.progress(CaseStage.RENDERED)),
    "printing, no paper": (*_PRINTS, _held("printer.media_empty")),
    "printing, behind another job": (*_PRINTS, _held("printer.busy")),
    "printing, jammed, warned": (*_PRINTS, _held("printer.media_jam"), _strike),
    "done": (*_PRINTS, _closes(PrintOutcome.SENT)),
    "done, rated": (*_PRINTS, _closes(PrintOutcome.SENT), _rate, _delivered),
    "done, failed": (*_PRINTS, _closes(PrintOutcome.FAILED, "print.timed_out")),
    "done, unknown": (*_PRINTS, _closes(PrintOutcome.UNKNOWN, "print.unknown")),
    "done, nothing to print": (*_PRINTS, _closes(PrintOutcome.NONE)),
    "trouble, unreachable": (*_ASKED, _lookup_fails("central.unreachable")),
    "trouble, no record": (*_ASKED, _lookup_fails("lookup.no_record")),
    "trouble, not eligible": (*_ASKED, _lookup_fails("lookup.not_eligible")),
    "trouble, expired card": (*_READER, lambda glass: glass.card(CardFlag.EXPIRED)),
    "trouble, not kept": (*_KNOWN, _confirm, _commit_fails),
    "interrupted": (_interrupted(None),),
    "interrupted, unknown": (_interrupted(PrintOutcome.UNKNOWN),),
    "leaving": (*_KNOWN, _leave),
    "leaving, card there": (*_KNOWN, _leave, _found),
}
"""How each page comes to look each way it can look."""
