"""Questions to a register and their answers."""

import json
from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from contract.ids import LookupId, VisitId
from contract.model import Value
from contract.persons import Applicant


class LookupRequest(Value):
    """One question, asked for one item: about an applicant, or about the code of a document."""

    lookup_id: LookupId
    visit_id: VisitId
    item_id: str
    register_name: str
    applicant: Applicant | None = None
    code: Annotated[str | None, Field(repr=False, min_length=1, max_length=80)] = None

    @model_validator(mode="after")
    def _about_one(self) -> Self:
        if (self.applicant is None) == (self.code is None):
            raise ValueError("a question is about an applicant or about a code, and not about both")
        return self


class LookupAnswer(Value):
    """What the register said. `facts` is empty when it holds no record of who or what was asked about.

    `as_of` and `expires_at` are RFC 3339 instants of central's clock. `signature` is base64 of central's
    Ed25519 signature over `answer_text` of the answer.
    """

    lookup_id: LookupId
    register_name: str
    found: bool
    facts: Annotated[dict[str, JsonValue], Field(repr=False)] = {}
    as_of: str
    expires_at: str
    signature: Annotated[str | None, Field(exclude_if=lambda signature: signature is None)] = None


def answer_text(answer: LookupAnswer) -> bytes:
    """Return the bytes that central signs: canonical JSON of the answer without its signature."""
    plain = answer.model_dump(mode="json", exclude={"signature"})
    return b"kiosk-answer-v1\n" + json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
