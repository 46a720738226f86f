"""Only a request that its terminal signed, now and as it stands, is let in."""

import base64
import hashlib
from collections.abc import Callable

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract import signatures
from contract.signatures import SignedRequest, Unsigned
from tests.central.server import PATIENCE_S, Central
from tests.central.terminal import Terminal
from tests.central.test_sync import deliver, refused
from tests.central.values import Journal

RFC_9421_TEST_KEY = base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU=")
"""The private part of test-key-ed25519, RFC 9421 appendix B.1.4."""

words = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


def altered(
    central: Central, terminal: Terminal, change: Callable[[requests.PreparedRequest], None]
) -> requests.Response:
    """Send a request that somebody changed on its way."""
    request = requests.Request(
        "POST", f"{central.address}/v1/sync", json=Journal(terminal.kiosk).batch(), auth=terminal
    )
    prepared = request.prepare()
    change(prepared)
    return central.session.send(prepared, timeout=PATIENCE_S)


def test_the_signed_text_is_the_one_of_the_rfc() -> None:
    """RFC 9421 §2.5 by hand: one line for each component, then the parameters, no line end at the end."""
    signed = SignedRequest("POST", "/v1/sync", {"content-digest": "sha-256=:x:"}, 1618884473, "A" * 43)
    assert signed.base() == (
        b'"@method": POST\n"@path": /v1/sync\n"content-digest": sha-256=:x:\n'
        b'"@signature-params": ("@method" "@path" "content-digest");created=1618884473;keyid="' + b"A" * 43 +
        b'";alg="ed25519"'
    )  # fmt: skip


def test_the_digest_is_the_one_of_the_rfc() -> None:
    """RFC 9530 appendix D: the digest of `{"hello": "world"}` and a line end."""
    assert (
        signatures.content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    )


def test_a_known_key_has_the_name_that_both_sides_compute() -> None:
    public = Ed25519PrivateKey.from_private_bytes(RFC_9421_TEST_KEY).public_key().public_bytes_raw()
    expected = base64.urlsafe_b64encode(hashlib.sha256(public).digest()).decode().rstrip("=")
    assert signatures.key_id(public) == expected
    assert len(expected) == 43


digests = st.dictionaries(st.just("content-digest"), words.map(str.strip))
signatures_of_64 = st.binary(min_size=64, max_size=64)


@given(st.sampled_from(["POST", "GET"]), digests, st.integers(0, 10**10), signatures_of_64)
def test_what_was_signed_is_read_back(method: str, fields: dict[str, str], created: int, signature: bytes) -> None:
    signed = SignedRequest(method, "/v1/x", fields, created, signatures.key_id(b"k"))
    headers = {name.lower(): value for name, value in signed.headers(signature).items()}
    again, value = signatures.read(method, "/v1/x", headers)
    assert again.base() == signed.base()
    assert value == signature


@given(st.dictionaries(st.sampled_from(["signature", "signature-input", "content-digest"]), words))
def test_what_is_not_of_the_profile_is_not_read(headers: dict[str, str]) -> None:
    with pytest.raises(Unsigned):
        signatures.read("POST", "/v1/sync", headers)


def test_a_signed_request_is_let_in(central: Central, journal: Journal, terminal: Terminal) -> None:
    journal.whole_case()
    assert deliver(central, journal.batch(), terminal).acknowledged == 6


def _other_body(request: requests.PreparedRequest) -> None:
    assert isinstance(request.body, bytes)
    request.body = request.body.replace(b'"events": []', b'"events":[] ')


def _other_digest(request: requests.PreparedRequest) -> None:
    assert isinstance(request.body, bytes)
    _other_body(request)
    request.headers["Content-Digest"] = signatures.content_digest(request.body)


def _other_path(request: requests.PreparedRequest) -> None:
    assert request.url is not None
    request.url = request.url.replace("/v1/sync", "/v1/lookups")


@pytest.mark.parametrize("change", [_other_body, _other_digest, _other_path])
def test_a_request_that_was_altered_is_refused(
    central: Central, terminal: Terminal, change: Callable[[requests.PreparedRequest], None]
) -> None:
    refused(altered(central, terminal, change), 401, "bad-signature")


@pytest.mark.parametrize("name", ["Signature", "Signature-Input", "Content-Digest"])
def test_a_request_that_lost_a_field_of_its_signature_is_refused(
    central: Central, terminal: Terminal, name: str
) -> None:
    refused(altered(central, terminal, lambda request: request.headers.__delitem__(name)), 401, "no-signature")


def test_a_signature_that_leaves_the_body_out_is_refused(central: Central, terminal: Terminal) -> None:
    def leave_out(request: requests.PreparedRequest) -> None:
        read, _ = signatures.read("POST", "/v1/sync", {name.lower(): value for name, value in request.headers.items()})
        bare = SignedRequest("POST", "/v1/sync", {}, read.created, terminal.key_id)
        request.headers.update(bare.headers(terminal.key.sign(bare.base())))

    refused(altered(central, terminal, leave_out), 401, "no-signature")


@pytest.mark.parametrize("ahead_s", [-400, 400])
def test_a_terminal_whose_clock_is_wrong_is_told_centrals(central: Central, kiosk: str, ahead_s: float) -> None:
    terminal = central.enrol(kiosk)
    terminal.ahead_s = ahead_s
    problem = refused(central.post("/v1/sync", Journal(kiosk).batch(), terminal), 401, "clock-skew")
    assert problem["server_time"].startswith("20")
    terminal.ahead_s = 0
    deliver(central, Journal(kiosk).batch(), terminal)


def test_a_key_that_nobody_enrolled_is_refused(central: Central, kiosk: str) -> None:
    refused(central.post("/v1/sync", Journal(kiosk).batch(), Terminal(kiosk)), 401, "unknown-key")


def test_one_terminals_key_under_anothers_name_is_refused(central: Central, terminal: Terminal) -> None:
    def impersonate(request: requests.PreparedRequest) -> None:
        other = central.enrol(f"{terminal.kiosk}-z")
        given = request.headers["Signature-Input"]
        request.headers["Signature-Input"] = given.replace(terminal.key_id, other.key_id)

    refused(altered(central, terminal, impersonate), 401, "bad-signature")
