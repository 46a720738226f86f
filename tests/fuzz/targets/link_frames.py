"""What another process says on a link: whole messages or a refusal, and what was read writes back the same.

Text that cannot be told, such as half a surrogate, does not end the one that hears it.
"""

import json
from collections.abc import Iterator
from datetime import date

from contract.cases import CaseStage
from contract.fault import Fault
from contract.ids import CaseId, DeviceId, OrderId, VisitId
from devices.events import CardRead, CodeRead, HubSnapshot, OrderEnded, ReadIdentity, StatusChanged
from devices.values import CardFlag, CardLayout, Code, DeviceState, DeviceStatus, IdentityCard
from kiosk_app.link.desk import CaseProgress, DeskEvent, Rating
from kiosk_app.link.desk_questions import QUESTIONS
from kiosk_app.link.device_words import Frames, Given, Join, News, Withdrawn
from kiosk_app.link.frames import FrameError, Unframer, framed
from kiosk_app.link.messages import Answered, Asked, Beat, Hello, Message, MessageError, Refused, Said, packed, unpacked
from kiosk_app.link.wire import WireError, read, written
from tests.fuzz.targets import pieces, whole

LONGEST = 4096
_MOST_BYTES = 2048
_KINDS: tuple[object, ...] = (
    News,
    Given,
    Join,
    Withdrawn,
    Frames,
    HubSnapshot,
    DeskEvent,
    Fault,
    *(kind for question in QUESTIONS.values() for kind in (question.carries, question.answer) if kind is not None),
)
"""Everything that travels on a link."""


def check(data: bytes) -> None:
    unframer = Unframer(_MOST_BYTES)
    try:
        for piece in pieces(data):
            for body in unframer.feed(piece):
                _hear(body)
            assert unframer.held <= _MOST_BYTES + 4, "more is kept than a frame can be long"
            announced = int.from_bytes(unframer._held[:4]) if unframer.held >= 4 else 1
            assert 0 < announced <= _MOST_BYTES, "a frame is waited for that is longer than any may be"
    except FrameError:
        assert unframer.held == 0, "bytes of a frame that was refused are kept"


def _hear(body: bytes) -> None:
    try:
        message, count = unpacked(body)
    except MessageError as error:
        assert str(error).isprintable()
        return
    assert 0 <= count <= 4
    again, _ = unpacked(packed(message))
    assert again == message or message != message  # noqa: PLR0124 - values that are no numbers equal nothing
    if isinstance(message, Said | Asked | Answered):
        for kind in _KINDS:
            try:
                value = read(kind, message.value)
            except WireError as error:
                assert str(error).isprintable()
                continue
            assert read(kind, json.loads(json.dumps(written(kind, value)))) == value


def seeds() -> Iterator[bytes]:
    device, order = DeviceId("id-card"), OrderId("01JABCDEFGHJKMNPQRSTVWXYZ0")
    status = DeviceStatus(DeviceState.OFFLINE, fault=Fault.of("reader.offline", "no answer"))
    day = date(2020, 1, 1)
    card = IdentityCard(
        CardLayout.RESIDENT,
        "测试甲",
        "1",
        "01",
        day,
        "路1号",
        "1",
        "局",
        day,
        None,
        flags=frozenset({CardFlag.EXPIRED}),
    )
    events = (StatusChanged(device, status), CardRead(device, order, card), CodeRead(device, order, Code("x")),
              OrderEnded(device, order))  # fmt: skip
    messages: tuple[Message, ...] = (
        Hello("devices", 1, "deviced"),
        Refused("another version"),
        Beat(),
        Said("order", written(Given, Given(device, ReadIdentity(order, 30.0)))),
        Said("event", written(DeskEvent, CaseProgress(CaseId("case-1"), CaseStage.PRINTING))),
        Asked(1, "rate", written(Rating, Rating(VisitId("visit-1"), CaseId("case-1"), 5))),
        Answered(1, None, fault=True),
        *(Said("news", written(News, News(7, event))) for event in events),
    )
    for message in messages:
        yield whole(framed(packed(message)))
    yield whole(*(framed(packed(message)) for message in messages))
    yield whole(b"\xff\xff\xff\xff")
    yield whole(framed(b'{"say":"x","value":"\\ud800"}'))
