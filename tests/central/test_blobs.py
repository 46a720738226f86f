"""Files of a case arrive whole or not at all, from a line that may be cut at any byte."""

import hashlib
import http.client
import random
import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from central import blobs
from contract.ids import new_id
from contract.signatures import SignedRequest
from tests.central.server import PATIENCE_S, Central
from tests.central.terminal import Terminal
from tests.central.test_sync import deliver, refused
from tests.central.values import Journal, WrittenCase, new_code

CONTENT = random.Random(1).randbytes(300_000)  # noqa: S311 - bytes that a test can name again
NAME = hashlib.sha256(CONTENT).hexdigest()


def fresh(size: int = 5000) -> tuple[bytes, str]:
    content = new_id().encode() + CONTENT[:size]
    return content, hashlib.sha256(content).hexdigest()


def put(  # noqa: PLR0917 - a range has four parts
    central: Central, terminal: Terminal, name: str, part: bytes, first: int, total: int
) -> requests.Response:
    return central.session.put(
        f"{central.address}/v1/blobs/{name}",
        data=part,
        headers={"Content-Range": f"bytes {first}-{first + len(part) - 1}/{total}"},
        auth=terminal,
        timeout=PATIENCE_S,
    )


def head(central: Central, terminal: Terminal, name: str) -> tuple[int, str | None, str | None]:
    response = central.session.head(f"{central.address}/v1/blobs/{name}", auth=terminal, timeout=PATIENCE_S)
    return response.status_code, response.headers.get("Upload-Offset"), response.headers.get("Upload-Complete")


def cut(central: Central, terminal: Terminal, name: str, content: bytes, *, first: int, upto: int) -> None:
    """Begin to send the rest from `first` on, and lose the line before byte `upto`."""
    field = f"bytes {first}-{len(content) - 1}/{len(content)}"
    request = requests.Request("PUT", f"{central.address}/v1/blobs/{name}", headers={"Content-Range": field})
    signed = terminal(request.prepare())
    lines = [f"PUT /v1/blobs/{name} HTTP/1.1", "Host: central", f"Content-Length: {len(content) - first}"]
    lines += [f"{key}: {value}" for key, value in signed.headers.items() if key != "Content-Length"]
    host, port = urlsplit(central.address).hostname, urlsplit(central.address).port
    with socket.create_connection((str(host), port or 80), PATIENCE_S) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + content[first:upto])
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass


def with_attachment(journal: Journal, *names: str) -> WrittenCase:
    case = WrittenCase(new_id(), new_id(), new_id(), new_code())
    committed = case.committed()
    committed["case"]["attachments"] = [
        {"sha256": name, "size": 5, "media_type": "image/jpeg", "purpose": "photo"} for name in names
    ]
    journal.append(committed)
    journal.append({"kind": "print.intended", "case_id": case.id, "action_id": case.action, "sheets": 1})
    journal.append({"kind": "case.closed", "case_id": case.id, "outcome": "sent"})
    return case


def test_a_blob_in_one_piece_is_held(central: Central, terminal: Terminal) -> None:
    assert head(central, terminal, NAME) == (404, None, None)
    assert put(central, terminal, NAME, CONTENT, 0, len(CONTENT)).status_code == 201
    assert head(central, terminal, NAME) == (200, str(len(CONTENT)), "?1")
    place = central.state / "blobs" / terminal.kiosk / NAME[:2] / NAME
    assert place.read_bytes() == CONTENT
    assert place.stat().st_mode & 0o077 == 0
    assert put(central, terminal, NAME, CONTENT, 0, len(CONTENT)).status_code == 200


def test_a_blob_goes_on_wherever_its_line_was_cut(central: Central, terminal: Terminal) -> None:
    chance = random.Random(2)  # noqa: S311 - a seeded walk
    content, name = fresh(200_000)
    held = 0
    for _ in range(6):
        upto = chance.randint(held, len(content) - 1)
        cut(central, terminal, name, content, first=held, upto=upto)
        status, offset, whole = head(central, terminal, name)
        assert (status, whole) in {(200, "?0"), (404, None)}  # nothing of it may have been read yet
        assert held <= int(offset or 0) <= upto
        held = int(offset or 0)
    response = put(central, terminal, name, content[held:], held, len(content))
    assert response.status_code == 201
    assert response.headers["Upload-Complete"] == "?1"


def test_parts_make_a_whole_and_only_the_next_one_is_taken(central: Central, terminal: Terminal) -> None:
    content, name = fresh()
    assert put(central, terminal, name, content[:1000], 0, len(content)).status_code == 202
    problem = refused(put(central, terminal, name, content[1500:2000], 1500, len(content)), 409, "wrong-offset")
    assert problem["held"] == 1000
    refused(put(central, terminal, name, content[:1000], 0, len(content)), 409, "wrong-offset")
    assert put(central, terminal, name, content[1000:], 1000, len(content)).status_code == 201


def test_bytes_that_are_not_the_hashs_are_thrown_away(central: Central, terminal: Terminal) -> None:
    content, name = fresh()
    refused(put(central, terminal, name, b"x" + content[1:], 0, len(content)), 422, "wrong-hash")
    assert head(central, terminal, name)[0] == 404
    assert put(central, terminal, name, content, 0, len(content)).status_code == 201


def test_nobody_learns_what_another_terminal_delivered(central: Central, terminal: Terminal) -> None:
    content, name = fresh()
    put(central, terminal, name, content, 0, len(content))
    other = central.enrol(f"{terminal.kiosk}-b")
    assert head(central, other, name)[0] == 404
    assert central.session.head(f"{central.address}/v1/blobs/{name}", timeout=PATIENCE_S).status_code == 401
    assert put(central, other, name, content, 0, len(content)).status_code == 201


def test_a_blob_whose_bytes_are_all_there_is_checked_when_its_sender_says_that_these_are_all(
    central: Central, terminal: Terminal
) -> None:
    content, name = fresh()

    def these_are_all(total: int = len(content)) -> requests.Response:
        field = {"Content-Range": f"bytes */{total}"}
        url = f"{central.address}/v1/blobs/{name}"
        return central.session.put(url, data=b"", headers=field, auth=terminal, timeout=PATIENCE_S)

    assert refused(these_are_all(), 409, "wrong-offset")["held"] == 0
    part = central.state / "blobs" / terminal.kiosk / name[:2] / f"{name}.part"
    part.write_bytes(content[:-1])
    assert refused(these_are_all(), 409, "wrong-offset")["held"] == len(content) - 1
    part.write_bytes(content[::-1])
    refused(these_are_all(), 422, "wrong-hash")
    part.write_bytes(content)
    assert refused(these_are_all(len(content) - 1), 409, "wrong-offset")["held"] == 0, "there were more than all"
    part.write_bytes(content)
    assert these_are_all().status_code == 201
    assert head(central, terminal, name) == (200, str(len(content)), "?1")
    assert these_are_all().status_code == 200


@pytest.mark.parametrize(
    "field", ["bytes 5-4/10", "bytes */10", "bytes 0-10/10", "bytes 0-9/*", "0-9/10", "bytes 0-99999999999999/1"]
)
def test_a_range_that_contradicts_itself_is_refused(central: Central, terminal: Terminal, field: str) -> None:
    response = central.session.put(
        f"{central.address}/v1/blobs/{NAME}", b"0123456789", headers={"Content-Range": field}, auth=terminal, timeout=9
    )
    refused(response, 422, "not-understood")


def test_a_blob_over_the_bound_is_refused_before_it_is_sent(central: Central, terminal: Terminal) -> None:
    content, name = fresh()
    refused(put(central, terminal, name, content, 0, blobs.BLOB_LIMIT + 1), 413, "too-large")


def test_a_body_that_is_not_as_long_as_it_says_is_refused(central: Central, terminal: Terminal) -> None:
    content, name = fresh()
    response = central.session.put(
        f"{central.address}/v1/blobs/{name}",
        data=content,
        headers={"Content-Range": f"bytes 0-9/{len(content)}"},
        auth=terminal,
        timeout=PATIENCE_S,
    )
    refused(response, 422, "not-understood")


def test_a_part_that_was_signed_for_another_place_is_refused(central: Central, terminal: Terminal) -> None:
    content, name = fresh()
    request = requests.Request(
        "PUT", f"{central.address}/v1/blobs/{name}", data=content,
        headers={"Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}"}, auth=terminal,
    ).prepare()  # fmt: skip
    request.headers["Content-Range"] = f"bytes 0-{len(content) - 1}/{len(content) + 1}"
    refused(central.session.send(request, timeout=PATIENCE_S), 401, "bad-signature")


def test_two_lines_that_send_the_same_blob_write_it_once(sqlite_central: Central, kiosk: str) -> None:
    sqlite_central.workers = 2
    terminal = sqlite_central.enrol(kiosk)
    sqlite_central.start()
    seen: list[int] = []

    def send() -> None:
        with requests.Session() as line:
            for _ in range(40):
                field = f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"
                response = line.put(
                    f"{sqlite_central.address}/v1/blobs/{NAME}",
                    CONTENT,
                    headers={"Content-Range": field},
                    auth=terminal,
                    timeout=PATIENCE_S,
                )
                seen.append(response.status_code)
                if response.status_code in {200, 201}:
                    return

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen.count(201) == 1
    assert set(seen) <= {200, 201, 409, 503}
    assert head(sqlite_central, terminal, NAME) == (200, str(len(CONTENT)), "?1")
    assert sqlite_central.stop() == 0


def test_a_server_killed_in_the_middle_keeps_what_came(sqlite_central: Central, kiosk: str) -> None:
    terminal = sqlite_central.enrol(kiosk)
    sqlite_central.start()
    half = len(CONTENT) // 2
    assert put(sqlite_central, terminal, NAME, CONTENT[:half], 0, len(CONTENT)).status_code == 202
    sqlite_central.kill()
    sqlite_central.start()
    _, offset, whole = head(sqlite_central, terminal, NAME)
    assert (offset, whole) == (str(half), "?0")
    assert put(sqlite_central, terminal, NAME, CONTENT[half:], half, len(CONTENT)).status_code == 201
    assert sqlite_central.stop() == 0


def test_a_case_is_decided_on_only_when_its_files_are_there(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    (ahead, ahead_name), (behind, behind_name) = fresh(), fresh()
    put(central, terminal, ahead_name, ahead, 0, len(ahead))
    case = with_attachment(journal, ahead_name, behind_name)
    first = deliver(central, journal.batch() | {"verdict_cursor": 0}, terminal)
    assert first.verdicts == ()
    assert first.blobs_wanted == (behind_name,)
    put(central, terminal, behind_name, behind, 0, len(behind))
    after = journal.batch() | {"events": [], "turn": first.turn, "verdict_cursor": first.verdict_cursor}
    second = deliver(central, after, terminal)
    assert [(verdict.case_id, verdict.verdict) for verdict in second.verdicts] == [(case.id, "issued")]
    assert second.blobs_wanted == ()


def test_a_case_whose_file_is_gone_for_good_is_decided_on_without_it(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    _, name = fresh()
    case = with_attachment(journal, name)
    first = deliver(central, journal.batch() | {"verdict_cursor": 0}, terminal)
    gone = journal.batch() | {"events": [], "turn": first.turn, "verdict_cursor": 0, "blobs_lost": [name]}
    second = deliver(central, gone, terminal)
    assert [verdict.case_id for verdict in second.verdicts] == [case.id]
    assert second.blobs_wanted == ()
    assert central.rows("SELECT state FROM attachments WHERE case_id = :c", c=case.id) == [("lost",)]
    assert '"event": "blob.lost"' in central.log.read_text()


def test_a_signature_without_the_range_opens_nothing(central: Central, terminal: Terminal) -> None:
    content, name = fresh()
    bare = SignedRequest("PUT", f"/v1/blobs/{name}", {}, 0, terminal.key_id)
    host, _, port = central.address.removeprefix("http://").partition(":")
    line = http.client.HTTPConnection(host, int(port), PATIENCE_S)
    headers = bare.headers(terminal.key.sign(bare.base())) | {
        "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}"
    }
    line.request("PUT", f"/v1/blobs/{name}", content, headers)
    assert line.getresponse().status == 401
    line.close()
