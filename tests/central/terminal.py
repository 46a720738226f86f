"""A terminal as central sees one: a key of its own, and requests signed with it."""

import base64
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests.auth import AuthBase

from contract import signatures
from contract.enrolment import rotation_text


@dataclass(eq=False)
class Terminal(AuthBase):
    """Signs requests; `clock_s` is its clock, which may be wrong."""

    kiosk: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    ahead_s: float = 0.0

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    @property
    def key_id(self) -> str:
        return signatures.key_id(self.key.public_key().public_bytes_raw())

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        assert request.url is not None
        assert request.method is not None
        fields = {}
        if request.method == "PUT":
            fields["content-range"] = request.headers.get("Content-Range", "")
        elif request.method == "POST":
            body = request.body or b""
            assert isinstance(body, str | bytes)
            fields["content-digest"] = signatures.content_digest(body.encode() if isinstance(body, str) else body)
        created = int(time.time() + self.ahead_s)
        signed = signatures.SignedRequest(request.method, urlsplit(request.url).path, fields, created, self.key_id)
        request.headers.update(signed.headers(self.key.sign(signed.base())))
        return request

    def enrolment(self, code: str) -> dict[str, Any]:
        return {"code": code, "kiosk": self.kiosk, "public_key": self.public_key}

    def rotation_to(self, following: "Terminal") -> dict[str, Any]:
        proof = following.key.sign(rotation_text(self.key_id, following.key_id))
        return {"public_key": following.public_key, "proof": base64.b64encode(proof).decode()}
