"""A terminal is let in by a code that a person carried, once, and by keys that it changes in time."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, make_url, text

from central import enrolment
from central.clock import instant, utc_now
from central.store import Store
from contract.enrolment import Enrolment
from contract.ids import KioskId
from tests.central.server import Central
from tests.central.terminal import Terminal
from tests.central.test_sync import deliver, refused
from tests.central.values import Journal


def enrolled(central: Central, terminal: Terminal, code: str) -> Enrolment:
    response = central.post("/v1/enrol", terminal.enrolment(code), terminal)
    assert response.status_code == 200, response.text
    return Enrolment.model_validate_json(response.content)


def write(central: Central, statement: str, **values: object) -> None:
    engine = create_engine(central.database)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def test_a_code_makes_a_terminal_known(central: Central, kiosk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert central.run("enrol", kiosk, "--json") == 0
    code = json.loads(capsys.readouterr().out)["code"]
    terminal = Terminal(kiosk)
    answer = enrolled(central, terminal, code)
    assert (answer.kiosk, answer.key_id) == (kiosk, terminal.key_id)
    assert len(answer.command_keys) == 1
    deliver(central, Journal(kiosk).batch(), terminal)


def test_a_code_typed_in_small_letters_with_blanks_is_the_same_code(central: Central, kiosk: str) -> None:
    code = central.code(kiosk)
    enrolled(central, Terminal(kiosk), f" {code.lower().replace('-', ' ')} ")


def test_an_exchange_whose_reply_was_lost_is_answered_again(central: Central, kiosk: str) -> None:
    code, terminal = central.code(kiosk), Terminal(kiosk)
    first = enrolled(central, terminal, code)
    again = enrolled(central, terminal, code)
    assert again.model_copy(update={"server_time": first.server_time}) == first


def test_a_code_works_once_whoever_else_heard_it(central: Central, kiosk: str) -> None:
    code, terminal, thief = central.code(kiosk), Terminal(kiosk), Terminal(kiosk)
    enrolled(central, terminal, code)
    refused(central.post("/v1/enrol", thief.enrolment(code), thief), 403, "bad-code")
    deliver(central, Journal(kiosk).batch(), terminal)


def test_a_code_is_for_one_terminal_and_for_an_hour(central: Central, kiosk: str) -> None:
    other = Terminal(f"{kiosk}-b")
    refused(central.post("/v1/enrol", other.enrolment(central.code(kiosk)), other), 403, "bad-code")
    code, terminal = central.code(kiosk), Terminal(kiosk)
    write(central, "UPDATE enrolment_codes SET expires_at = '2020' WHERE kiosk_id = :k", k=kiosk)
    refused(central.post("/v1/enrol", terminal.enrolment(code), terminal), 403, "bad-code")


def test_a_second_code_voids_the_first(central: Central, kiosk: str) -> None:
    first, second = central.code(kiosk), central.code(kiosk)
    terminal = Terminal(kiosk)
    refused(central.post("/v1/enrol", terminal.enrolment(first), terminal), 403, "bad-code")
    enrolled(central, terminal, second)


def test_whoever_shows_a_key_must_hold_it(central: Central, kiosk: str) -> None:
    code, terminal, victim = central.code(kiosk), Terminal(kiosk), Terminal(kiosk)
    refused(central.post("/v1/enrol", victim.enrolment(code), terminal), 401, "bad-signature")


def test_guessing_codes_is_slowed_down(sqlite_central: Central, kiosk: str) -> None:
    sqlite_central.start()
    terminal = Terminal(kiosk)
    tries = [sqlite_central.post("/v1/enrol", terminal.enrolment("00000-00000"), terminal) for _ in range(12)]
    assert [response.status_code for response in tries[:10]] == [403] * 10
    refused(tries[-1], 429, "too-many-requests")
    assert sqlite_central.stop() == 0


def test_enrolling_again_ends_the_earlier_key_at_once(central: Central, kiosk: str) -> None:
    first, second = Terminal(kiosk), Terminal(kiosk)
    enrolled(central, first, central.code(kiosk))
    code = central.code(kiosk)
    deliver(central, Journal(kiosk).batch(), first)  # a code alone ends nothing
    enrolled(central, second, code)
    refused(central.post("/v1/sync", Journal(kiosk).batch(), first), 403, "revoked")


def test_a_rotated_key_counts_from_its_first_use_and_ends_the_old_one(central: Central, terminal: Terminal) -> None:
    following, journal = Terminal(terminal.kiosk), Journal(terminal.kiosk)
    for _ in range(2):  # a lost reply is asked for again
        response = central.post("/v1/keys", terminal.rotation_to(following), terminal)
        assert Enrolment.model_validate_json(response.content).key_id == following.key_id
    deliver(central, journal.batch(), terminal)
    deliver(central, journal.batch(), following)
    refused(central.post("/v1/sync", journal.batch(), terminal), 403, "revoked")
    deliver(central, journal.batch(), following)


def test_a_key_that_was_made_in_vain_is_replaced_by_the_next(central: Central, terminal: Terminal) -> None:
    lost, following = Terminal(terminal.kiosk), Terminal(terminal.kiosk)
    central.post("/v1/keys", terminal.rotation_to(lost), terminal)
    central.post("/v1/keys", terminal.rotation_to(following), terminal)
    deliver(central, Journal(terminal.kiosk).batch(), following)
    refused(central.post("/v1/sync", Journal(terminal.kiosk).batch(), lost), 403, "revoked")


def test_a_terminal_cannot_take_over_anothers_key(central: Central, terminal: Terminal) -> None:
    other = central.enrol(f"{terminal.kiosk}-b")
    refused(central.post("/v1/keys", terminal.rotation_to(other), terminal), 409, "key-taken")
    forged = terminal.rotation_to(Terminal(terminal.kiosk)) | {"public_key": Terminal("x").public_key}
    refused(central.post("/v1/keys", forged, terminal), 401, "bad-signature")


def test_central_asks_for_a_new_key_a_month_before_the_end(central: Central, terminal: Terminal) -> None:
    new = {"verdict_cursor": 0}
    journal = Journal(terminal.kiosk)
    reply = deliver(central, journal.batch() | new, terminal)
    assert not reply.rotate_key
    soon = instant(utc_now() - timedelta(seconds=1))
    write(central, "UPDATE terminal_keys SET renew_at = :t WHERE id = :i", t=soon, i=terminal.key_id)
    assert deliver(central, journal.batch() | new | {"turn": reply.turn}, terminal).rotate_key
    write(central, "UPDATE terminal_keys SET not_after = :t WHERE id = :i", t=soon, i=terminal.key_id)
    refused(central.post("/v1/sync", journal.batch(), terminal), 401, "key-expired")


def test_a_revoked_terminal_is_let_in_no_more_not_even_with_a_code_it_had(
    central: Central, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    code = central.code(terminal.kiosk)
    assert central.run("revoke", terminal.kiosk) == 0
    refused(central.post("/v1/sync", Journal(terminal.kiosk).batch(), terminal), 403, "revoked")
    fresh = Terminal(terminal.kiosk)
    refused(central.post("/v1/enrol", fresh.enrolment(code), fresh), 403, "bad-code")
    enrolled(central, fresh, central.code(terminal.kiosk))
    refused(central.post("/v1/enrol", terminal.enrolment(central.code(terminal.kiosk)), terminal), 409, "key-taken")
    assert central.run("revoke", "nobody-here") == 1
    assert "no terminal nobody-here" in capsys.readouterr().err


def test_a_code_stays_good_when_the_terminal_is_already_known(central: Central, terminal: Terminal) -> None:
    store = Store(make_url(central.database))
    code = enrolment.new_code(store, KioskId(terminal.kiosk), utc_now, timedelta(minutes=1))
    store.close()
    assert code.expires_at < instant(utc_now() + timedelta(minutes=2))
    enrolled(central, Terminal(terminal.kiosk), code.text)
