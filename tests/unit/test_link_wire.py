"""Values on a link: every order and event comes back as it was, and nothing else is taken for one."""

import json
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.fault import FAULTS, Fault
from contract.ids import DeviceId, OrderId
from devices.events import CardFault, DeviceEvent, HubSnapshot, Order, ReadIdentity
from devices.values import Capability, DeviceInfo
from kiosk_app.link.device_words import Given, Join, News, Withdrawn
from kiosk_app.link.wire import WireError, codec, read, written

SECRET = "SYNTHETIC PERSON 测试甲 7731"
st.register_type_strategy(Fault, st.builds(Fault.of, st.sampled_from(sorted(FAULTS)), st.text(max_size=5)))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(bytes, st.binary(max_size=8))
CAPABILITIES = st.dictionaries(
    st.text(max_size=4),
    st.booleans() | st.integers() | st.text(max_size=4) | st.tuples(st.text(max_size=3)),
    max_size=3,
)
INFOS = st.builds(
    DeviceInfo, st.text().map(DeviceId), st.just("camera"), st.text(), st.text(), st.text(), capabilities=CAPABILITIES
)
st.register_type_strategy(DeviceInfo, INFOS)


def one_of(union: Any) -> st.SearchStrategy[Any]:
    return st.one_of([st.from_type(kind) for kind in get_args(union)])


ORDERS, EVENTS = one_of(Order), one_of(DeviceEvent)


def through_json(held: Any) -> Any:
    return json.loads(json.dumps(held, allow_nan=False))


@given(ORDERS)
def test_every_order_survives(order: Order) -> None:
    given_order = Given(DeviceId("a4"), order)
    assert read(Given, through_json(written(Given, given_order))) == given_order


@given(EVENTS, st.none() | INFOS)
def test_every_event_survives(event: DeviceEvent, info: DeviceInfo | None) -> None:
    news = News(7, event, info)
    assert read(News, through_json(written(News, news))) == news


@given(st.from_type(HubSnapshot) | st.from_type(Join) | st.from_type(Withdrawn))
def test_everything_else_that_is_said_survives(said: Any) -> None:
    assert read(type(said), through_json(written(type(said), said))) == said


@given(EVENTS, st.data())
def test_an_event_with_one_thing_wrong_is_refused_and_quotes_nothing(event: DeviceEvent, data: st.DataObject) -> None:
    wrong = through_json(written(DeviceEvent, event))
    target = data.draw(st.sampled_from(objects_in(wrong)))
    name = data.draw(st.sampled_from(sorted(target)))
    match data.draw(st.sampled_from(["missing", "extra", "type"])):
        case "missing":
            del target[name]
        case "extra":
            target[SECRET] = SECRET
        case _:
            target[name] = {SECRET: [SECRET]}
    with pytest.raises(WireError) as refused:
        read(DeviceEvent, wrong)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def objects_in(held: Any) -> list[dict[str, Any]]:
    """Every object of an event, itself first."""
    inner = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
    found = [one for value in inner for one in objects_in(value)]
    return [held, *found] if isinstance(held, dict) else found


def test_an_unknown_event_is_refused_by_its_name() -> None:
    with pytest.raises(WireError, match="'CardSwallowed' is none of"):
        read(DeviceEvent, {"is": "CardSwallowed", "device": "id-card"})


@pytest.mark.parametrize("name", ["测试甲", "110101199003070011", "a b", "x" * 200, "", 7, None])
def test_a_name_that_is_none_is_not_quoted(name: Any) -> None:
    with pytest.raises(WireError, match=r"not a name|'None'|'7'") as refused:
        read(DeviceEvent, {"is": name})
    assert "测试" not in str(refused.value)
    assert "1101" not in str(refused.value)


def test_an_event_is_no_order_and_an_order_no_event() -> None:
    held = written(Order, ReadIdentity(OrderId("one"), 3.0))
    with pytest.raises(WireError, match="'ReadIdentity' is none of"):
        read(DeviceEvent, held)


def test_a_fault_of_the_wrong_shape_is_refused_without_its_values() -> None:
    held = written(DeviceEvent, CardFault(DeviceId("id-card"), OrderId("one"), Fault.of("card.lifted")))
    held["fault"]["owner"] = SECRET
    with pytest.raises(WireError) as refused:
        read(DeviceEvent, held)
    assert SECRET not in str(refused.value)
    assert "Fault" in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        (int, True),
        (int, 1.0),
        (float, "1"),
        (float, False),
        (bool, 1),
        (str, None),
        (bytes, "not base64!"),
        (bytes, 3),
        (date, "2026-13-01"),
        (date, 5),
        (tuple[str, ...], "abc"),
        (tuple[str, int], ["a"]),
        (frozenset[str], {"a": 1}),
        (Capability, None),
        (Capability, 1.5),
        (dict[str, int], {"a": "1"}),
        (OrderId, 3),
    ],
)
def test_reading_is_strict(kind: Any, held: Any) -> None:
    with pytest.raises(WireError):
        read(kind, held)


def test_a_whole_number_is_taken_where_a_fraction_could_stand() -> None:
    assert read(float, 3) == 3.0
    assert isinstance(read(float, 3), float)


@dataclass(frozen=True)
class Odd:
    what: "complex"


@pytest.mark.parametrize("kind", [object, complex, Odd, str | bytes, dict[int, str], list[int]])
def test_a_type_that_cannot_travel_is_the_programmers_error(kind: Any) -> None:
    with pytest.raises(TypeError):
        codec(kind)


def test_every_personal_field_that_travels_is_hidden_in_repr() -> None:
    """A guard for later values: bytes and names in an event never show."""
    for event in get_args(DeviceEvent):
        for field in fields(event):
            assert field.repr == (field.name not in {"card", "code", "picture"}), (event, field.name)
