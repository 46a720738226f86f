"""Questions to a register and their answers."""

from typing import Annotated

from pydantic import Field, JsonValue

from contract.ids import LookupId, VisitId
from contract.model import Value
from contract.persons import Applicant


class LookupRequest(Value):
    """One question about one applicant, asked for one item."""

    lookup_id: LookupId
    visit_id: VisitId
    item_id: str
    register_name: str
    applicant: Applicant


class LookupAnswer(Value):
    """What the register said. `facts` is empty when it holds no record of the person.

    `as_of` and `expires_at` are RFC 3339 instants of central's clock.
    """

    lookup_id: LookupId
    register_name: str
    found: bool
    facts: Annotated[dict[str, JsonValue], Field(repr=False)] = {}
    as_of: str
    expires_at: str
