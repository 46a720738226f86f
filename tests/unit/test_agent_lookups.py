"""Questions to registers: every kind of dead, hostile and slow network has its own answer, in time."""

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.enrolment import CommandKey
from contract.ids import LookupId, VisitId, new_id
from contract.lookups import LookupAnswer, LookupRequest, answer_text
from kiosk_app.agent.identity import Signer, new_secret
from kiosk_app.link.desk import CentralSeen
from tests.agent_bench import (
    FACTS,
    NEVER_SYNCS,
    NOBODY,
    PLANTED,
    QUICK,
    REGISTER,
    Bench,
    bench,
    confirmation,
    enrolled,
    new_visit,
    refused,
    settings_for,
)
from tests.small_central import SmallCentral, Trouble


def test_question_is_signed_with_the_terminals_key(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        here.look_up(new_visit())
        key_id = enrolled(settings_for(tmp_path)).signer().key_id
    assert [signed.key_id for signed in central.signatures] == [key_id]


def test_terminal_that_is_not_enrolled_asks_nobody_and_says_so(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS, enrol=False) as here:
        with refused("central.refused"):
            here.look_up(new_visit())
        assert central.requests == []


def test_answer_that_central_did_not_sign_is_not_believed(tmp_path: Path) -> None:
    ours, stranger = Signer(new_secret()), Signer(new_secret())
    enrolled(settings_for(tmp_path), (CommandKey(key_id=ours.key_id, public_key=ours.public_key),))

    def by(signer: Signer, text: Callable[[LookupAnswer], bytes]) -> Callable[[LookupAnswer], str]:
        return lambda answer: base64.b64encode(signer.sign(text(answer))).decode()

    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        for sign in (lambda _: None, by(stranger, answer_text), by(ours, lambda _: b"another answer"), lambda _: "x"):
            central.sign = sign
            with refused("central.broken"):
                here.look_up(new_visit())
        central.sign = by(ours, answer_text)
        here.look_up(new_visit())


def test_key_that_others_could_have_read_is_not_used(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    enrolled(settings)
    settings.kiosk.identity_file.chmod(0o640)
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        with refused("central.refused"):
            here.look_up(new_visit())
        assert central.requests == []


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ("401", "central.refused"),
        ("403", "central.refused"),
        ("404", "central.broken"),
        ("500", "central.broken"),
        ("503", "central.unreachable"),
        ("portal", "central.broken"),
        ("redirect", "central.broken"),
        ("nonsense", "central.broken"),
        ("reset", "central.unreachable"),
        ("half", "central.unreachable"),
    ],
)
def test_whatever_is_not_an_answer_is_named_and_never_taken_for_one(
    tmp_path: Path, trouble: Trouble, code: str
) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        central.trouble = trouble
        visit = new_visit()
        with refused(code):
            here.look_up(visit)
        central.trouble = ""
        assert here.look_up(visit), "the next question is asked as if nothing had been"


@pytest.mark.parametrize("trouble", ["hang", "drip", "drip-head"])
def test_central_that_hangs_or_drips_is_given_up_at_the_deadline(tmp_path: Path, trouble: Trouble) -> None:
    """The bound is the test's own time-out: a byte every 20 ms would otherwise keep the citizen for half an hour."""
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS, timeout_s=0.3) as here:
        central.trouble = trouble
        with refused("central.timed_out"):
            here.look_up(new_visit())


@contextmanager
def full_backlog() -> Iterator[str]:
    """An address whose connections are never completed: a host that swallows packets."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    address = listener.getsockname()
    waiting = []
    for _ in range(4):
        made = socket.socket()
        made.setblocking(False)
        made.connect_ex(address)
        waiting.append(made)
    try:
        yield f"http://127.0.0.1:{address[1]}"
    finally:
        for made in (*waiting, listener):
            made.close()


def test_host_that_swallows_packets_is_given_up_at_the_deadline(tmp_path: Path) -> None:
    with (
        full_backlog() as url,
        bench(tmp_path, url, timing=NEVER_SYNCS, timeout_s=0.3) as here,
        refused("central.timed_out"),
    ):
        here.look_up(new_visit())


def test_nobody_at_the_address_is_unreachable(tmp_path: Path) -> None:
    with bench(tmp_path, NOBODY, timing=NEVER_SYNCS) as here, refused("central.unreachable"):
        here.look_up(new_visit())


def test_person_without_a_record_is_sent_to_the_counter(tmp_path: Path) -> None:
    with (
        SmallCentral(None) as central,
        bench(tmp_path, central, timing=NEVER_SYNCS) as here,
        refused("lookup.no_record"),
    ):
        here.look_up(new_visit())


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"status": "4"}, "lookup.not_eligible"),
        ({"status": 1}, "lookup.not_eligible"),
        ({"other": "1"}, "central.broken"),
    ],
)
def test_rule_that_does_not_hold_is_never_a_yes(tmp_path: Path, facts: dict[str, object], code: str) -> None:
    with SmallCentral(dict(facts)) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        with refused(code):
            here.look_up(visit)


def test_item_may_ask_only_its_own_register(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        with refused("agent.bug"):
            here.look_up(new_visit(), register="tax.payments")
        with refused("agent.bug"):
            here.look_up(new_visit(), item="no-such-item")
        assert central.requests == []


def test_answer_that_comes_after_the_visit_finds_nobody(tmp_path: Path) -> None:
    """The next citizen must not be able to commit on the facts of the one who left."""
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        held = here.look_up(visit)
        central.trouble = "hang"
        late = threading.Thread(target=_ask_in_vain, args=(here, visit))
        late.start()
        central.wait(lambda: any("trouble" in path for path, _ in central.requests))
        here.desk.end_visit(visit).result(10)
        late.join(10)
        assert not late.is_alive(), "the question was not withdrawn with the visit"
        with refused("lookup.expired"):
            here.desk.commit(confirmation(visit, held)).result(10)


def test_answers_stay_in_memory_until_they_are_committed(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        here.look_up(new_visit())
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert PLANTED.encode() not in file.read_bytes()


def test_lookup_that_succeeds_wakes_the_sync_that_had_given_up(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        central.trouble = "503"
        with bench(tmp_path, central, timing=QUICK) as here:
            here.ear.wait(CentralSeen, lambda seen: not seen.reachable)
            central.trouble = ""
            here.look_up(new_visit())
            here.ear.wait(CentralSeen, lambda seen: seen.reachable)


def _ask_in_vain(here: Bench, visit: VisitId) -> None:
    with refused("visit.interrupted"):
        here.look_up(visit)


def about_a_paper(visit: VisitId, register: str = "issued-documents") -> LookupRequest:
    return LookupRequest(
        lookup_id=LookupId(new_id()),
        visit_id=visit,
        item_id="check-certificate",
        register_name=register,
        code="7K3M9Q2XH5T8B4NT",
    )


def test_question_about_a_paper_carries_its_code_and_nobody(tmp_path: Path) -> None:
    with SmallCentral({"print": "sent"}) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        answer = here.desk.look_up(about_a_paper(new_visit())).result(20)
        assert answer.facts == {"print": "sent"}
        ((_, asked),) = central.requests
        assert (asked["code"], asked["applicant"]) == ("7K3M9Q2XH5T8B4NT", None)


def test_paper_that_nobody_issued_is_told_apart_from_a_person_without_a_record(tmp_path: Path) -> None:
    with (
        SmallCentral(None) as central,
        bench(tmp_path, central, timing=NEVER_SYNCS) as here,
        refused("code.unknown"),
    ):
        here.desk.look_up(about_a_paper(new_visit())).result(20)


def test_nothing_can_be_committed_on_what_is_known_of_a_paper(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        request = about_a_paper(visit)
        here.desk.look_up(request).result(20)
        with refused("lookup.expired"):
            here.desk.commit(confirmation(visit, request.lookup_id)).result(10)


def test_register_of_people_is_not_asked_by_code(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        with refused("agent.bug"):
            here.desk.look_up(about_a_paper(new_visit(), register=REGISTER)).result(20)
        assert central.requests == []
