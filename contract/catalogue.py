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
Need = Literal["identity-reader", "code-scanner", "printer"]
"""A kind of device without which an item cannot be served."""


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


class ScanStep(Value):
    """Has a code held before the machine's scanner.

    What is none of the codes in `accepts` is refused on the machine and forgotten.
    """

    kind: Literal["scan"] = "scan"
    accepts: tuple[Literal["verification-code"], ...] = ("verification-code",)
    title: Text
    lead: Text


class LookupStep(Value):
    """Asks a register about the applicant, or about the code that was scanned.

    `accept` is CEL over ``answer`` (the register's facts); when it is false the citizen reads
    `refused` and the visit offers the counter. `nothing` is what it may mean that the register
    holds no record, one reason an entry. With `keep` the terminal may keep the answer on its disk, sealed,
    for as long as it is good and the visit runs; what is sensitive does not allow that.
    """

    kind: Literal["lookup"] = "lookup"
    register_name: str
    by: Literal["applicant", "code"] = "applicant"
    keep: Annotated[bool, Field(exclude_if=lambda keep: not keep)] = False
    waiting: Text
    accept: str = "true"
    refused: Text
    nothing: tuple[Text, ...] = ()


class ShownTable(Value):
    """Rows of the answer under `path`, one column a fact (paths from the row)."""

    title: Text
    path: str
    columns: tuple[ShownFact, ...]


class ShownList(Value):
    """Rows of the answer under `path` that bring their own ``label`` (in several languages) and ``value``."""

    title: Text
    path: str


class Finding(Value):
    """What an answer comes to, in a sentence, and what to do about it."""

    tone: Literal["good", "doubt"]
    title: Text
    text: Text


class ShownFinding(Value):
    """The finding that the code under `path` stands for; a code that is not in `says` is `otherwise`."""

    path: str
    says: dict[str, Finding]
    otherwise: Finding


class ReviewStep(Value):
    """Shows the answer; `headline` is the one figure that matters most.

    Without `title` and `lead` the screen has its own, which speak of what will be printed.
    """

    kind: Literal["review"] = "review"
    title: Text | None = None
    lead: Text | None = None
    finding: ShownFinding | None = None
    headline: ShownFact | None = None
    listed: ShownList | None = None
    facts: tuple[ShownFact, ...]
    table: ShownTable | None = None


class CommitStep(Value):
    """Makes the case durable, and prints `template` when there is one."""

    kind: Literal["commit"] = "commit"
    template: str | None = None


Step = Annotated[
    NoticeStep | IdentifyStep | ScanStep | LookupStep | ReviewStep | CommitStep, Field(discriminator="kind")
]


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
    needs: tuple[Need, ...] = ()
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
