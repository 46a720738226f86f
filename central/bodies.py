"""Request bodies, bounded: on the wire, and again after they were unpacked.

A gzip body of a kilobyte can unpack to a gigabyte, so unpacking stops at the bound. Bodies are read
before a worker thread is taken and parsed inside it, so that a slow line holds no thread and a large
body does not hold up the loop. A body must be the one whose digest the sender signed.
"""

import hmac
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from central.problems import Kind, Refused, refusal
from contract.signatures import content_digest

BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of one body; a full batch of cases is some hundred kilobytes."""

Model = TypeVar("Model", bound=BaseModel)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class WireBody:
    """A body as it came."""

    content: bytes
    gzipped: bool

    def parse(self, model: type[Model]) -> Model:
        """Unpack the body and check it against `model`. Raises as `read`."""
        # Strict: a number in quotes is not a number, as the described interface says.
        return self.read(lambda content: model.model_validate_json(content, strict=True))

    def read(self, reader: Callable[[bytes], Read]) -> Read:
        """Unpack the body and have it read.

        Raises:
            Refused: it is too large, not gzip as it says, not JSON, or does not fit.
        """
        content = _unpacked(self.content) if self.gzipped else self.content
        try:
            return reader(content)
        except ValidationError as error:
            raise refusal(error) from None


async def read_body(request: Request) -> WireBody:
    """Read a JSON body of at most `BODY_LIMIT` bytes."""
    promised = request.headers.get("content-digest")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if media_type != "application/json" or encoding not in {"identity", "gzip"}:
        raise Refused(Kind.WRONG_ENCODING)
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > BODY_LIMIT:
            raise Refused(Kind.TOO_LARGE, f"at most {BODY_LIMIT} bytes")
    if promised is not None and not hmac.compare_digest(promised.encode(), content_digest(content).encode()):
        raise Refused(Kind.BAD_SIGNATURE)
    return WireBody(bytes(content), encoding == "gzip")


JsonBody = Annotated[WireBody, Depends(read_body)]


def _unpacked(content: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = unpacker.decompress(content, BODY_LIMIT)
    except zlib.error:
        raise Refused(Kind.NOT_UNDERSTOOD, "the body is not gzip") from None
    if unpacker.unconsumed_tail or (not unpacker.eof and len(plain) >= BODY_LIMIT):
        raise Refused(Kind.TOO_LARGE, f"at most {BODY_LIMIT} bytes unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise Refused(Kind.NOT_UNDERSTOOD, "the body is not one whole gzip stream")
    return plain
