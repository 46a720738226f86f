"""A visit to test with: a citizen whose marks can be searched for, and a hand on the machine.

`Hand` brings events and keeps what the machine asked for; it stands in for nothing. `reach` goes to a
situation the way a citizen gets there, event by event. Whatever is personal is planted here and found
by `marks_in`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel

from contract.cases import CaseStage, PrintOutcome, Receipt
from contract.fault import Fault
from contract.ids import CaseId, DeviceId, LookupId, OrderId, VisitId
from contract.lookups import LookupAnswer
from devices.events import CardFault, CardRead, DeviceEvent, MediaChanged, OrderEnded
from devices.values import CardFlag, CardLayout, DeviceState, DeviceStatus, IdentityCard, Media
from kiosk_app.link.desk import CaseDelivered, CaseProgress, DeskEvent
from kiosk_app.visit.effects import Effect
from kiosk_app.visit.events import (
    CaseKept,
    CaseRefused,
    DeskSaid,
    DeviceSaid,
    RegisterAnswered,
    RegisterFailed,
    TimePassed,
    Touched,
    VisitEvent,
)
from kiosk_app.visit.facts import Facts
from kiosk_app.visit.machine import step
from kiosk_app.visit.state import (
    Asking,
    Committing,
    Finished,
    Identifying,
    Leaving,
    Printing,
    Situation,
    VisitState,
)
from tests.unit.documents import VERIFY_URL, catalogue, facts_of

Kind = TypeVar("Kind")

ITEM = "insurance-certificate"
CHECK = "check-certificate"
READER = DeviceId("id-card")
SCANNER = DeviceId("code")
ONLINE = DeviceStatus(DeviceState.ONLINE)

NAME = "裴植标记"
NUMBER = "210104197712319994"
ADDRESS = "植标路九十九号"
PHOTO = "PLANTED-PHOTOGRAPH"
MARKS = (NAME, NAME[1:], NUMBER, NUMBER[6:14], "19771231", "1977-12-31", ADDRESS, PHOTO)
"""What may be left nowhere: the name and what its mask covers, the number likewise, address and photograph."""

SITUATIONS = (
    "Choosing",
    "Consenting",
    "Identifying",
    "Asking",
    "Reviewing",
    "Committing",
    "Printing",
    "Finished",
    "Apologising",
)
"""The situations of a visit in the order in which a citizen meets them."""


def id_card(*flags: CardFlag) -> IdentityCard:
    return IdentityCard(
        layout=CardLayout.RESIDENT,
        name=NAME,
        sex="1",
        ethnic_group="01",
        birth_date=date(1977, 12, 31),
        address=ADDRESS,
        number=NUMBER,
        issuer="植入分局",
        valid_from=date(2018, 1, 1),
        valid_to=None,
        photo_wlt=PHOTO.encode(),
        flags=frozenset(flags),
    )


def register_answer(lookup: LookupId) -> LookupAnswer:
    """What the register holds of the planted citizen."""
    facts = {**facts_of("zhang-wei", ITEM), "person": {"name": NAME, "number": NUMBER}}
    return LookupAnswer(
        lookup_id=lookup,
        register_name="social-insurance.participation",
        found=True,
        facts=facts,
        as_of="2026-11-21T02:03:04.000Z",
        expires_at="2026-11-21T03:03:04.000Z",
    )


CODE = "7K3M9Q2XH5T8B4NT"
SCANNED = f"{VERIFY_URL}?code={CODE}"
"""What the QR on a certificate says."""


def issued_answer(lookup: LookupId, outcome: str = "sent") -> LookupAnswer:
    """What central knows of the certificate with `CODE`: masked by the terminal that issued it."""
    return LookupAnswer(
        lookup_id=lookup,
        register_name="issued-documents",
        found=True,
        facts={
            "title": {"zh": "社会保险参保证明", "en": "Certificate of Social Insurance"},
            "facts": [
                {"label": {"zh": "姓名", "en": "Name"}, "value": "欧阳**"},
                {"label": {"zh": "公民身份号码", "en": "ID number"}, "value": "210104********9991"},
            ],
            "issued_at": "2026-11-21T02:03:04.000Z",
            "issued_by": {"zh": "人力资源和社会保障局", "en": "Human Resources and Social Security"},
            "hall": {"zh": "示范区政务服务中心", "en": "Demonstration District Government Service Centre"},
            "kiosk": "demo-0001",
            "pages": 1,
            "print": outcome,
            "standing": "demonstration",
        },
        as_of="2026-11-21T02:03:04.000Z",
        expires_at="2026-11-21T03:03:04.000Z",
    )


def receipt(case: str = "case-1") -> Receipt:
    return Receipt(case_id=CaseId(case), receipt_number="D0001-20261121-0007", committed_at="2026-11-21T02:04:04.000Z")


@dataclass
class Hand:
    """Brings events to the machine at its own time and keeps every effect."""

    state: VisitState = field(default_factory=VisitState)
    facts: Facts = field(
        default_factory=lambda: Facts(
            now=1000.0,
            fresh="",
            catalogue=catalogue(),
            reader=ONLINE,
            printer=ONLINE,
            scanner=ONLINE,
            verify_url=VERIFY_URL,
        )
    )
    effects: list[Effect] = field(default_factory=list)
    made: int = 0

    @property
    def situation(self) -> Situation:
        return self.state.situation

    @property
    def name(self) -> str:
        return type(self.state.situation).__name__

    def now(self, kind: type[Kind]) -> Kind:
        """Return the situation, which has to be of this kind."""
        situation = self.state.situation
        assert isinstance(situation, kind), f"{self.name} is no {kind.__name__}"
        return situation

    @property
    def visit(self) -> VisitId:
        assert self.state.visit is not None
        return self.state.visit.visit_id

    def bring(self, event: VisitEvent) -> tuple[Effect, ...]:
        self.made += 1
        self.facts = replace(self.facts, fresh=f"fresh-{self.made}")
        self.state, effects = step(self.state, event, self.facts)
        self.effects += effects
        return effects

    def touch(self, name: str, value: str = "") -> tuple[Effect, ...]:
        return self.bring(Touched(name, value))

    def device(self, event: DeviceEvent) -> tuple[Effect, ...]:
        return self.bring(DeviceSaid(event))

    def desk(self, event: DeskEvent) -> tuple[Effect, ...]:
        return self.bring(DeskSaid(event))

    def pass_time(self, seconds: float) -> tuple[Effect, ...]:
        self.facts = replace(self.facts, now=self.facts.now + seconds)
        return self.bring(TimePassed())

    def wait_for_clock(self) -> tuple[Effect, ...]:
        """Let time pass until the situation's own clock strikes."""
        assert self.state.wakes_at is not None, f"{self.name} has no clock"
        return self.pass_time(self.state.wakes_at - self.facts.now)

    def seconds_left(self) -> float | None:
        return None if self.state.wakes_at is None else self.state.wakes_at - self.facts.now

    # What devices and desk say to the situation that is there

    def order(self) -> OrderId:
        situation = self.state.situation
        assert isinstance(situation, Identifying | Leaving), f"{self.name} waits for no card"
        assert situation.order is not None
        return situation.order

    def see(self, media: Media) -> tuple[Effect, ...]:
        return self.device(MediaChanged(READER, self.order(), media))

    def card_fault(self, code: str) -> tuple[Effect, ...]:
        return self.device(CardFault(READER, self.order(), Fault.of(code)))

    def card(self, *flags: CardFlag) -> tuple[Effect, ...]:
        return self.device(CardRead(READER, self.order(), id_card(*flags)))

    def order_ends(self, code: str | None = None) -> tuple[Effect, ...]:
        return self.device(OrderEnded(READER, self.order(), Fault.of(code) if code is not None else None))

    def answers(self) -> tuple[Effect, ...]:
        lookup = self.now(Asking).lookup
        return self.bring(RegisterAnswered(lookup, register_answer(lookup)))

    def refuses_to_answer(self, code: str) -> tuple[Effect, ...]:
        return self.bring(RegisterFailed(self.now(Asking).lookup, Fault.of(code)))

    def kept(self, case: str = "case-1") -> tuple[Effect, ...]:
        return self.bring(CaseKept(self.now(Committing).visit.visit_id, receipt(case)))

    def refused(self, code: str) -> tuple[Effect, ...]:
        return self.bring(CaseRefused(self.now(Committing).visit.visit_id, Fault.of(code)))

    def progress(
        self,
        stage: CaseStage,
        *,
        held: str | None = None,
        outcome: PrintOutcome | None = None,
        fault: str | None = None,
    ) -> tuple[Effect, ...]:
        case = self.now(Printing).receipt.case_id
        return self.desk(
            CaseProgress(
                case,
                stage,
                print=outcome,
                held_up=Fault.of(held) if held is not None else None,
                fault=Fault.of(fault) if fault is not None else None,
            )
        )

    def closes(self, outcome: PrintOutcome, fault: str | None = None) -> tuple[Effect, ...]:
        return self.progress(CaseStage.CLOSED, outcome=outcome, fault=fault)

    def delivered(self) -> tuple[Effect, ...]:
        return self.desk(CaseDelivered(self.now(Finished).receipt.case_id))


def reach(name: str, hand: Hand | None = None) -> Hand:
    """Go to a situation as a citizen does: forward, each event in its turn."""
    hand = hand if hand is not None else Hand()
    ways: dict[str, Callable[[], object]] = {
        "Choosing": lambda: hand.touch("begin"),
        "Consenting": lambda: hand.touch("item", ITEM),
        "Identifying": lambda: hand.touch("consent"),
        "Asking": hand.card,
        "Reviewing": hand.answers,
        "Committing": lambda: hand.touch("confirm"),
        "Printing": hand.kept,
        "Finished": lambda: hand.closes(PrintOutcome.SENT),
    }
    if name == "Idle":
        return hand
    if name == "Apologising":
        reach("Asking", hand).refuses_to_answer("central.unreachable")
    elif name == "Leaving":
        reach("Finished", hand).touch("leave")
    else:
        for place, way in ways.items():
            way()
            if place == name:
                break
    assert hand.name == name, f"on the way to {name} the machine went to {hand.name}"
    return hand


def only(kind: type[Kind], effects: tuple[Effect, ...] | list[Effect]) -> Kind:
    """Return the one effect of a kind."""
    found = [effect for effect in effects if isinstance(effect, kind)]
    assert len(found) == 1, f"{len(found)} {kind.__name__} among {effects}"
    return found[0]


def count(kind: type[Effect], effects: tuple[Effect, ...] | list[Effect]) -> int:
    return sum(isinstance(effect, kind) for effect in effects)


def values_in(value: object) -> Iterator[object]:
    """Yield everything that can be reached from a value: fields, entries, parts."""
    yield value
    if is_dataclass(value) and not isinstance(value, type):
        for entry in fields(value):
            yield from values_in(getattr(value, entry.name))
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from values_in(getattr(value, name))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from values_in(key)
            yield from values_in(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from values_in(part)


def marks_in(value: object) -> list[str]:
    """Return the planted marks that can be reached from a value, or that its `repr` shows."""
    found = [mark for mark in MARKS if mark in repr(value)]
    for part in values_in(value):
        words: Any = part
        if isinstance(part, date):
            words = part.isoformat()
        elif isinstance(part, bytes):
            words = part.decode("utf-8", errors="replace")
        if isinstance(words, str):
            found += [mark for mark in MARKS if mark in words]
    return found
