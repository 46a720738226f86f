"""The edge: bounded bodies, described refusals, probes that tell the truth, nothing of the inside."""

import gzip
import json
from typing import Any

import pytest
import requests
from openapi_spec_validator import validate

from central import bodies
from central.__main__ import main
from central.words import WORDS
from tests.central.server import PATIENCE_S, Central
from tests.central.terminal import Terminal
from tests.central.test_sync import refused
from tests.central.values import Journal


def send(central: Central, content: bytes, terminal: Terminal | None, **more: str) -> requests.Response:
    return requests.post(
        f"{central.address}/v1/sync",
        data=content,
        headers={"Content-Type": "application/json"} | more,
        auth=terminal,
        timeout=PATIENCE_S,
    )


def test_a_gzip_bomb_is_refused(central: Central, terminal: Terminal) -> None:
    bomb = gzip.compress(b'{"a":"' + b" " * (bodies.BODY_LIMIT * 8) + b'"}')
    assert len(bomb) < bodies.BODY_LIMIT // 50
    refused(send(central, bomb, terminal, **{"Content-Encoding": "gzip"}), 413, "too-large")
    assert central.get("/healthz").status_code == 200


def test_a_body_over_the_bound_is_refused(central: Central, terminal: Terminal) -> None:
    refused(send(central, b" " * (bodies.BODY_LIMIT + 1), terminal), 413, "too-large")


def test_a_packed_body_right_at_the_bound_is_read(central: Central, journal: Journal, terminal: Terminal) -> None:
    plain = json.dumps(journal.batch()).encode().ljust(bodies.BODY_LIMIT)
    response = send(central, gzip.compress(plain), terminal, **{"Content-Encoding": "gzip"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "content",
    [b"not gzip", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") + b"more", gzip.compress(b"{}") * 2],
    ids=["not-gzip", "cut", "more-behind", "two-streams"],
)
def test_a_broken_packed_body_is_refused(central: Central, terminal: Terminal, content: bytes) -> None:
    refused(send(central, content, terminal, **{"Content-Encoding": "gzip"}), 422, "not-understood")


@pytest.mark.parametrize("more", [{"Content-Encoding": "br"}, {"Content-Type": "text/plain"}])
def test_what_is_not_json_is_not_read(central: Central, terminal: Terminal, more: dict[str, str]) -> None:
    refused(send(central, b"{}", terminal, **more), 415, "wrong-encoding")


@pytest.mark.parametrize(
    "change",
    [
        {"events": [{"sequence": 0, "event_id": "a", "at": "1", "body": {}}]},
        {"events": [{"sequence": 2**63, "event_id": "a", "at": "1", "body": {}}]},
        {"events": [{"sequence": 1, "event_id": "a\x00", "at": "1", "body": {}}]},
        {"events": [{"sequence": 1, "event_id": "a", "at": "1", "body": []}]},
        {"installation": "a\x00b"},
        {"unknown": 1},
    ],
)
def test_a_batch_that_does_not_fit_is_refused_by_place(
    central: Central, journal: Journal, terminal: Terminal, change: dict[str, Any]
) -> None:
    problem = refused(central.post("/v1/sync", journal.batch() | change, terminal), 422, "not-understood")
    assert problem["misfits"]


@pytest.mark.parametrize("content", [b"", b"[", b"[" * 100_000, b'"\xff"', b'{"kiosk": "\\ud800"}'])
def test_bytes_that_are_no_request_are_refused(central: Central, terminal: Terminal, content: bytes) -> None:
    refused(send(central, content, terminal), 422, "not-understood")


def test_the_signature_is_asked_for_before_the_body_is_read(central: Central) -> None:
    refused(send(central, b"not json", None), 401, "no-signature")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/v1/sync", 405)])
def test_wrong_addresses_are_problems_too(central: Central, method: str, path: str, status: int) -> None:
    response = requests.request(method, central.address + path, timeout=PATIENCE_S)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status


def test_the_openapi_document_is_valid_and_names_every_refusal(central: Central) -> None:
    described = central.get("/openapi.json").json()
    validate(described)
    assert set(described["paths"]) == {
        "/v1/sync", "/v1/lookups", "/v1/enrol", "/v1/keys", "/v1/blobs/{sha256}", "/v1/documents/{code}", "/healthz",
        "/readyz",
    }  # fmt: skip
    for path, methods in described["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], (path, status)
    for path in ("/v1/sync", "/v1/lookups"):
        assert {"401", "413", "415", "422", "500", "503"} <= set(described["paths"][path]["post"]["responses"])
    assert "ValidationError" not in json.dumps(described)


def test_a_server_whose_database_was_taken_away_takes_nothing_in_and_says_so(
    sqlite_central: Central, journal: Journal
) -> None:
    """A deleted SQLite file can still be written to: an acknowledgement would be a lie."""
    file = sqlite_central.folder / "taken-away.sqlite"
    sqlite_central.database = f"sqlite:///{file}"
    assert main(["migrate", "--database", sqlite_central.database]) == 0
    terminal = sqlite_central.enrol(journal.kiosk)
    sqlite_central.start()
    assert sqlite_central.get("/readyz").json() == {"status": "ok"}
    journal.whole_case()
    file.rename(sqlite_central.folder / "elsewhere.sqlite")
    for _ in range(2):
        refused(sqlite_central.post("/v1/sync", journal.batch(), terminal), 503, "unavailable")
        response = sqlite_central.get("/readyz")
        refused(response, 503, "unavailable")
        assert "sqlite" not in response.text
        page = sqlite_central.get("/verify", code="K7QW-2M9X-R4TB-8ZCN", lang="zh")
        assert page.status_code == 503
        assert WORDS["down.status"].pick("zh") in page.text
        assert sqlite_central.get("/healthz").status_code == 200
        file.touch()
    assert sqlite_central.stop() == 0
