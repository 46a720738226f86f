"""How a terminal's requests are signed: one fixed profile of HTTP Message Signatures (RFC 9421).

Builds and reads the two header fields and the text that is signed; the key itself, and so the signing
and checking, stay with the caller. Refuses every other form that the RFC allows: a choice that a sender
has is a choice that an attacker has. Guards against a request that was altered, aimed elsewhere or old.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LABEL: Final = "kiosk"
WINDOW_S: Final = 300
"""How far `created` may lie from central's clock, before and after."""

_INPUT = re.compile(
    LABEL + r'=\((?P<covered>"[@a-z-]+"(?: "[@a-z-]+"){1,3})\)'
    r';created=(?P<created>\d{1,11});keyid="(?P<key_id>[A-Za-z0-9_-]{43})";alg="ed25519"'
)
_SIGNATURE = re.compile(LABEL + r"=:(?P<value>[A-Za-z0-9+/]{86}==):")


class Unsigned(Exception):
    """The request carries no signature of this profile; the message names the field."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What is signed of a request. `path` is what central sees, encoded, without a proxy's prefix or a query.

    `fields` are the covered header fields by lower-case name: ``content-digest`` for a body that is read
    whole, ``content-range`` for a part of a blob, none without a body.
    """

    method: str
    path: str
    fields: Mapping[str, str]
    created: int
    key_id: str

    @property
    def parameters(self) -> str:
        covered = " ".join(f'"{name}"' for name in ("@method", "@path", *self.fields))
        return f'({covered});created={self.created};keyid="{self.key_id}";alg="ed25519"'

    def base(self) -> bytes:
        """Return the signature base (RFC 9421 §2.5): the bytes that the key signs."""
        lines = [f'"@method": {self.method}', f'"@path": {self.path}']
        lines += [f'"{name}": {value.strip()}' for name, value in self.fields.items()]
        lines.append(f'"@signature-params": {self.parameters}')
        return "\n".join(lines).encode("ascii")

    def headers(self, signature: bytes) -> dict[str, str]:
        """Return the header fields of the signed request, the covered ones among them."""
        names = {name.title(): value for name, value in self.fields.items()}
        value = base64.b64encode(signature).decode("ascii")
        return names | {"Signature-Input": f"{LABEL}={self.parameters}", "Signature": f"{LABEL}=:{value}:"}


def read(method: str, path: str, headers: Mapping[str, str]) -> tuple[SignedRequest, bytes]:
    """Return what a request says was signed, and the signature; neither is checked yet.

    `headers` are by lower-case name.

    Raises:
        Unsigned: a field is missing or not of this profile.
    """
    given = _INPUT.fullmatch(headers.get("signature-input", ""))
    if given is None:
        raise Unsigned("signature-input")
    value = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if value is None:
        raise Unsigned("signature")
    if not path.isascii():
        raise Unsigned("@path")
    method_name, path_name, *names = given["covered"].replace('"', "").split(" ")
    if (method_name, path_name) != ("@method", "@path"):
        raise Unsigned("signature-input")
    for name in names:
        if name not in {"content-digest", "content-range"} or not headers.get(name, "\x80").isascii():
            raise Unsigned(name)
    fields = {name: headers[name] for name in names}
    signed = SignedRequest(method, path, fields, int(given["created"]), given["key_id"])
    return signed, base64.b64decode(value["value"])


def content_digest(body: bytes | bytearray) -> str:
    """Return the ``Content-Digest`` field (RFC 9530) of a body as it crosses the wire, packed or not."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def key_id(public_key: bytes) -> str:
    """Return the name of an Ed25519 public key of 32 raw bytes."""
    return base64.urlsafe_b64encode(hashlib.sha256(public_key).digest()).decode("ascii").rstrip("=")
