"""The catalogue: what a hall offers, as data.

A new service is a catalogue change, never a release. Steps are a closed set of kinds; the visit
machine walks them in order. Expressions are CEL over the names given with each field.
"""

from typing import Annotated, Literal

from pydantic import Field

from contract.documents import DocumentTemplate, ShownFact
from contract.model import Value
from contract.text import Text

IdentityLevel = Literal["none", "weak", "card", "face"]


class NoticeStep(Value):
    """Says what will be read and why, before it is, and asks for consent."""

    kind: Literal["notice"] = "notice"
    reads: tuple[Text, ...]
    purpose: Text
    keeps: Text


class IdentifyStep(Value):
    """Reads an identity document on the machine."""

    kind: Literal["identify"] = "identify"
    accepts: tuple[Literal["identity-card"], ...] = ("identity-card",)


class LookupStep(Value):
    """Asks a register about the applicant.

    `accept` is CEL over ``answer`` (the register's facts); when it is false the citizen reads
    `refused` and the visit offers the counter.
    """

    kind: Literal["lookup"] = "lookup"
    register_name: str
    waiting: Text
    accept: str = "true"
    refused: Text


class ShownTable(Value):
    """Rows of the answer under `path`, one column a fact (paths from the row)."""

    title: Text
    path: str
    columns: tuple[ShownFact, ...]


class ReviewStep(Value):
    """Shows the answer; `headline` is the one figure that matters most."""

    kind: Literal["review"] = "review"
    headline: ShownFact | None = None
    facts: tuple[ShownFact, ...]
    table: ShownTable | None = None


class CommitStep(Value):
    """Makes the case durable, and prints `template` when there is one."""

    kind: Literal["commit"] = "commit"
    template: str | None = None


Step = Annotated[NoticeStep | IdentifyStep | LookupStep | ReviewStep | CommitStep, Field(discriminator="kind")]


class ServiceItem(Value):
    """One 政务服务事项 as a citizen meets it (field names after GB/T 39046 in the comments)."""

    id: str
    code: str  # 实施编码: text, never a number
    title: Text  # 事项名称
    summary: Text
    department: str
    icon: str
    minutes: int
    sheets: int = 0
    identity: IdentityLevel
    needs: tuple[Literal["identity-reader", "printer"], ...] = ()
    idle_s: int = 60
    warning_s: int = 30
    keywords: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()
    steps: tuple[Step, ...]


class Department(Value):
    """实施主体: who is responsible for an item."""

    id: str
    title: Text
    icon: str


class Hall(Value):
    """Where the terminal stands, and who can help there.

    Papers of a `demonstration` hall say across the page that they prove nothing.
    """

    id: str
    title: Text
    phone: str
    desk: Text
    demonstration: bool = False


class Notice(Value):
    """What the idle screen tells in turn."""

    title: Text
    body: Text


class Catalogue(Value):
    """Everything a terminal of one hall offers."""

    version: int
    hall: Hall
    departments: tuple[Department, ...]
    items: tuple[ServiceItem, ...]
    notices: tuple[Notice, ...] = ()
    templates: tuple[DocumentTemplate, ...] = ()
    codes: dict[str, dict[str, Text]] = {}

    def item(self, item_id: str) -> ServiceItem:
        """Return the item.

        Raises:
            KeyError: there is none of that id.
        """
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def template(self, template_id: str) -> DocumentTemplate:
        """Return the document template.

        Raises:
            KeyError: there is none of that id.
        """
        for template in self.templates:
            if template.id == template_id:
                return template
        raise KeyError(template_id)
