"""Orders to terminals: signed, few, ended by time, answered, and every step written down."""

import base64
import json
from datetime import datetime
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.enrolment import Enrolment
from contract.fleet import CommandOrder, SignedCommand, command_text
from tests.central.server import Central
from tests.central.terminal import Terminal
from tests.central.test_enrolment import enrolled, write
from tests.central.test_sync import deliver
from tests.central.values import Journal

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def known(central: Central, kiosk: str) -> tuple[Terminal, Enrolment]:
    assert central.run("enrol", kiosk) == 0  # makes the command key, too
    terminal = Terminal(kiosk)
    return terminal, enrolled(central, terminal, central.code(kiosk))


def order(central: Central, capsys: Capture, *arguments: str) -> str:
    capsys.readouterr()
    assert central.run("command", *arguments, "--json") == 0
    return str(json.loads(capsys.readouterr().out)["command_id"])


def heard(central: Central, terminal: Terminal, **more: Any) -> tuple[SignedCommand, ...]:
    return deliver(central, Journal(terminal.kiosk).batch() | {"verdict_cursor": 0} | more, terminal).commands


def records(central: Central, command_id: str) -> list[tuple[str, str]]:
    query = "SELECT happened, detail FROM command_records WHERE command_id = :i ORDER BY id"
    return [(str(happened), str(detail)) for happened, detail in central.rows(query, i=command_id)]


def test_an_order_reaches_its_terminal_signed_with_the_key_it_was_enrolled_with(
    central: Central, known: tuple[Terminal, Enrolment], capsys: Capture
) -> None:
    terminal, enrolment = known
    command_id = order(central, capsys, terminal.kiosk, "restart", "--reason", "new camera", "--minutes", "5")
    (signed,) = heard(central, terminal)
    key = next(key for key in enrolment.command_keys if key.key_id == signed.key_id)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public_key))
    public.verify(base64.b64decode(signed.signature), command_text(signed.payload))
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(signed.signature), command_text(signed.payload.replace("restart", "refresh")))
    read = CommandOrder.model_validate_json(signed.payload)
    assert (read.command_id, read.kiosk, read.kind) == (command_id, terminal.kiosk, "restart")
    good_for = datetime.fromisoformat(read.expires_at) - datetime.fromisoformat(read.issued_at)
    assert good_for.total_seconds() == 300


def test_an_order_is_heard_until_it_was_answered_for_good(
    central: Central, known: tuple[Terminal, Enrolment], capsys: Capture
) -> None:
    terminal, _ = known
    command_id = order(central, capsys, terminal.kiosk, "screenshot", "--reason", "frozen?")
    journal = Journal(terminal.kiosk)

    def sync(turn: str | None, *answers: dict[str, Any]) -> tuple[str | None, int]:
        body = journal.batch() | {"verdict_cursor": 0, "turn": turn, "command_answers": answers}
        reply = deliver(central, body, terminal)
        return reply.turn, len(reply.commands)

    turn, open_orders = sync(None)
    assert (turn, open_orders) == sync(turn)
    begun = {"command_id": command_id, "state": "begun", "at": "2026-11-21T08:53:11Z"}
    assert sync(turn, begun)[1] == 1
    done = begun | {"state": "done", "detail": "idle", "blob_sha256": "ab" * 32}
    for _ in range(2):  # a lost reply is answered again
        assert sync(turn, done)[1] == 0
    sync(turn, begun | {"state": "failed"})  # what was final stays
    assert records(central, command_id) == [("issued", "frozen?"), ("begun", ""), ("done", "idle")]
    capsys.readouterr()
    assert central.run("commands", terminal.kiosk, "--json") == 0
    (listed,) = json.loads(capsys.readouterr().out)["commands"]
    assert (listed["state"], listed["detail"], listed["blob_sha256"]) == ("done", "idle", "ab" * 32)


def test_an_order_that_nobody_heard_in_time_ends_by_itself(
    central: Central, known: tuple[Terminal, Enrolment], capsys: Capture
) -> None:
    terminal, _ = known
    command_id = order(central, capsys, terminal.kiosk, "refresh")
    write(central, "UPDATE commands SET expires_at = '2020' WHERE id = :i", i=command_id)
    assert heard(central, terminal) == ()
    assert records(central, command_id)[-1] == ("expired", "nobody answered")


def test_a_terminal_hears_and_answers_no_orders_but_its_own(
    central: Central, known: tuple[Terminal, Enrolment], capsys: Capture
) -> None:
    terminal, _ = known
    command_id = order(central, capsys, terminal.kiosk, "out-of-service")
    other = central.enrol(f"{terminal.kiosk}-b")
    answer = {"command_id": command_id, "state": "done", "at": "2026-11-21T08:53:11Z"}
    assert heard(central, other, command_answers=[answer]) == ()
    assert len(heard(central, terminal)) == 1


def test_an_order_for_nobody_is_refused(central: Central, capsys: Capture) -> None:
    assert central.run("command", "nobody-here", "refresh") == 1
    assert "no terminal nobody-here" in capsys.readouterr().err


def test_the_command_key_can_be_read_by_its_owner_alone(central: Central, known: tuple[Terminal, Enrolment]) -> None:
    assert known
    assert (central.state / "command.key").stat().st_mode & 0o077 == 0
    private = "".join((central.state / "command.key").read_text().splitlines()[1:-1])
    assert private not in str(central.rows("SELECT * FROM command_keys"))


def test_health_is_kept_with_a_history_that_leaves_out_what_only_counts(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    health = {"release": "1", "started_at": "x", "at": "y", "undelivered": 0, "disk_free_mb": 5}
    for change in ({}, {"disk_free_mb": 6}, {"release": "2"}, {"release": "2", "undelivered": 9}):
        deliver(central, journal.batch() | {"health": health | change}, terminal)
    history = central.rows("SELECT report FROM health_reports WHERE kiosk_id = :k ORDER BY id", k=journal.kiosk)
    reports = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in history]
    assert [report["release"] for report in reports] == ["1", "2"]
