"""What the pages show, as plain values: the shape only, so that the first frame can be drawn from defaults.

Nothing of the visit, the devices or the catalogue is imported here; `ui.pages` and `ui.situation`
fill these in. Two pages that look the same are equal, and nothing is redrawn.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shown:
    """What every page shares."""

    situation: str = "Idle"
    language: str = "zh"
    mode: str = "normal"
    ready: bool = False
    online: bool = True
    asking: bool = False
    forward: bool = True
    seconds_left: int = 0
    card_left: bool = False
    card_present: bool = False
    hall_title: str = ""
    hall_phone: str = ""
    hall_desk: str = ""
    notice_titles: tuple[str, ...] = ()
    notice_bodies: tuple[str, ...] = ()
    item_title: str = ""
    waiting_for: str = ""
    who: str = field(default="", repr=False)
    step_kinds: tuple[str, ...] = ()
    step_index: int = 0


@dataclass(frozen=True)
class ConsentPage:
    reads: tuple[str, ...] = ()
    purpose: str = ""
    keeps: str = ""
    result: str = ""


@dataclass(frozen=True)
class ReaderPage:
    found: bool = False
    fault: str = ""
    reader_fault: str = ""


@dataclass(frozen=True)
class ScannerPage:
    title: str = ""
    lead: str = ""
    fault: str = ""
    scanner_fault: str = ""


@dataclass(frozen=True)
class ReviewPage:
    """`ends_here` when nothing follows; `tone` is that of the finding, "" without one."""

    title: str = ""
    lead: str = ""
    ends_here: bool = False
    rescan: bool = False
    tone: str = ""
    finding: str = ""
    finding_text: str = ""
    listed_title: str = ""
    listed: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headline_label: str = ""
    headline_value: str = field(default="", repr=False)
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    table_title: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    as_of: str = ""
    blocked: str = ""


@dataclass(frozen=True)
class JobPage:
    stage: int = 0
    receipt: str = ""
    held: str = ""


@dataclass(frozen=True)
class DonePage:
    outcome: str = "none"
    receipt: str = ""
    fault: str = ""
    delivered: bool = False
    grade: int = 0
    rated: bool = False
    again: bool = False
    """Whether the print that failed can be had once more."""


@dataclass(frozen=True)
class TroublePage:
    code: str = ""
    again: bool = False
    in_visit: bool = False
    receipt: str = ""
    print: str = ""
    why: str = ""
    meanings: tuple[str, ...] = ()
    submits: bool = True
    stands: bool = False
    """Nobody who stands here can do anything about it."""


@dataclass(frozen=True)
class Tile:
    """A service on the home page."""

    item_id: str
    title: str
    summary: str
    icon: str
    department: str
    minutes: int
    sheets: int
    brings: str = "card"
    fault: str = ""
