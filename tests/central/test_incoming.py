"""A batch that is read quickly says what it says when it is read at leisure, whatever its events hold."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from central import incoming
from central.incoming import Delivery, IncomingBatch
from contract.cases import EventBody
from contract.fleet import Health
from contract.ids import InstallationId, KioskId, new_id
from kiosk_app.agent.batch import Place, pack
from kiosk_app.agent.mailbag import Standing, members
from offline_cache.journal import OutgoingEvent
from tests.central.values import Journal

_CONTRACT: TypeAdapter[EventBody] = TypeAdapter(EventBody)
_MARKS = (
    '"},{"sequence":2,"event_id":"x","at":"2026","body":',
    '}],"protocol":',
    '{"events":[',
    "\x00",
    "\u2028",
    "𠀀",
    '\\"',
)
_TEXTS = st.one_of(st.text(max_size=12), st.sampled_from(_MARKS))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)


def request(events: list[dict[str, Any]], **others: Any) -> dict[str, Any]:
    """A batch in the order in which terminals write it."""
    named = [{key: event[key] for key in ("sequence", "event_id", "at", "body")} for event in events]
    return {"events": named, "protocol": 1, "kiosk": "k", "installation": new_id(), "catalogue_version": 1} | others


def written(batch: dict[str, Any], *, ascii_only: bool = False) -> bytes:
    return json.dumps(batch, separators=(",", ":"), ensure_ascii=ascii_only).encode()


def assert_says_the_same(content: bytes, quick: Delivery) -> None:
    slow = IncomingBatch.model_validate_json(content, strict=True)
    assert quick.batch == slow.model_copy(update={"events": ()})
    assert [(event.sequence, event.event_id, event.at) for event in quick.events] == [
        (event.sequence, event.event_id, event.at) for event in slow.events
    ]
    assert [json.loads(event.body) for event in quick.events] == [event.body for event in slow.events]
    assert [event.kind for event in quick.events] == [event.body["kind"] for event in slow.events]


def assert_means_the_same(event: dict[str, Any], but_for: dict[str, set[str]]) -> None:
    """Central understands an event when the contract does, and as the contract does."""
    said = incoming.meaning(json.dumps(event))
    try:
        meant = _CONTRACT.validate_json(json.dumps(event))
    except ValidationError:
        assert said is None
    else:
        assert said is not None
        assert said.model_dump(exclude=but_for) == meant.model_dump(exclude=but_for)


def some_events(facts: dict[str, Any]) -> list[dict[str, Any]]:
    journal = Journal("k")
    journal.whole_case()
    events = json.loads(json.dumps(journal.events))
    events[0]["body"]["case"]["facts"] = facts
    return list(events)


@given(st.dictionaries(_TEXTS, _VALUES, max_size=4), st.booleans())
def test_what_a_terminal_writes_is_read_quickly_and_rightly(facts: dict[str, Any], ascii_only: bool) -> None:
    content = written(request(some_events(facts), turn="t", verdict_cursor=3), ascii_only=ascii_only)
    delivery = incoming.read(content)
    assert all(event.said is not None for event in delivery.events)
    assert_says_the_same(content, delivery)


def test_what_the_terminals_own_code_writes_is_read_quickly() -> None:
    events = [
        OutgoingEvent(
            event["sequence"], event["body"]["kind"], json.dumps(request([event])["events"][0], separators=(",", ":"))
        )
        for event in some_events({"数": "值"})
    ]
    installation = InstallationId(new_id())
    batch = pack(Place(installation, 0, frozenset()), events)
    stands = Standing(installation, 1, None, 0, 0, len(events), (), (), (), (), in_service=True)
    health = Health(release="1", started_at="", at="", undelivered=6, disk_free_mb=1)
    assert batch is not None
    content = gzip.decompress(batch.closed_by(members(KioskId("k"), stands, 1, health)))
    delivery = incoming.read(content)
    assert all(event.said is not None for event in delivery.events)
    assert_says_the_same(content, delivery)


@given(st.data())
def test_damaged_batch_is_refused_or_read_as_what_it_still_says(data: st.DataObject) -> None:
    content = bytearray(written(request(some_events({"a": {"sequence": 1, "event_id": "x", "at": "2", "body": {}}}))))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.sampled_from([b"", b"}", b"{", b"},", b"}]", b"]", b",", b'"', b"\xff", b'"events":[],']))
        content[at : at + data.draw(st.integers(0, 2))] = piece
    try:
        delivery = incoming.read(bytes(content))
    except ValidationError:
        with pytest.raises(ValidationError):
            IncomingBatch.model_validate_json(bytes(content), strict=True)
    else:
        assert [event.sequence for event in delivery.events] == [
            event.sequence for event in IncomingBatch.model_validate_json(bytes(content), strict=True).events
        ]
        if not delivery.batch.events and delivery.events:
            assert_says_the_same(bytes(content), delivery)


@pytest.mark.parametrize("between", ["}]", "} ", ",,"])
def test_events_that_are_not_one_list_are_refused(between: str) -> None:
    content = written(request(some_events({}))).replace(b'},{"sequence":2', between.encode() + b'{"sequence":2')
    with pytest.raises(ValidationError):
        incoming.read(content)


def test_list_of_events_that_is_given_twice_is_read_as_json_says() -> None:
    content = written(request(some_events({})))[:-1] + b',"events":[]}'
    assert incoming.read(content).events == []


@given(st.dictionaries(st.sampled_from(["facts", "more", "language", "facts_as_of"]), _VALUES, max_size=2))
def test_central_understands_what_the_contract_does_and_no_more(changes: dict[str, Any]) -> None:
    """Though it takes a case's facts apart for nobody."""
    event = some_events({"a": {"b": [1]}})[0]["body"]
    event["case"] |= changes
    assert_means_the_same(event, {"case": {"facts"}})


_WORDS = st.dictionaries(_TEXTS, _TEXTS, max_size=2)
_ANYTHING = st.dictionaries(_TEXTS, _VALUES, max_size=2)
_MORE = {"more": _TEXTS}
_FACTS = st.lists(
    st.fixed_dictionaries({"label": _ANYTHING, "value": _TEXTS}, optional=_MORE)
    | st.fixed_dictionaries({"label": _WORDS, "value": _VALUES}, optional=_MORE),
    max_size=2,
)


@given(
    st.fixed_dictionaries({}, optional={"title": _ANYTHING, "more": _VALUES}),
    st.one_of(_FACTS, _VALUES),
)
def test_central_understands_a_document_as_the_contract_does(changes: dict[str, Any], facts: object) -> None:
    """Though it makes no objects of its texts."""
    event = some_events({})[1]["body"]
    event["document"] |= changes | {"facts": facts}
    assert_means_the_same(event, {})


def test_event_of_a_newer_release_is_read_like_all_before_and_is_just_not_understood() -> None:
    events = some_events({})
    events[2]["body"] = {"kind": "visit.sang", "song": "?"}
    delivery = incoming.read(written(request(events)))
    assert [event.kind for event in delivery.events][2] == "visit.sang"
    assert incoming.meaning(delivery.events[2].body) is None


def test_batch_that_is_too_long_is_refused() -> None:
    event = some_events({})[0]
    many = [event | {"sequence": number} for number in range(1, incoming.EVENT_LIMIT + 2)]
    assert len(incoming.read(written(request(many[:-1]))).events) == incoming.EVENT_LIMIT
    with pytest.raises(ValidationError):
        incoming.read(written(request(many)))


def test_nobody_is_named_when_an_event_is_shown() -> None:
    delivery = incoming.read(written(request(some_events({"name": "planted"}))))
    assert "planted" not in repr(delivery.events)
