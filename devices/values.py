"""What devices read and take: cards, codes, print jobs, states.

States, media, paper, toner and auxiliaries carry XFS4IoT's spellings. Values about a person never show
in `repr`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, DeviceId

DeviceKind = Literal[
    "identity-reader", "smart-card", "code-scanner", "camera", "printer", "lights", "proximity", "door", "ups"
]

Capability = bool | int | str | tuple[str, ...]


class DeviceState(StrEnum):
    """XFS4IoT's common device state, ordered here from worst to best."""

    FRAUD_ATTEMPT = "fraudAttempt"
    NO_DEVICE = "noDevice"
    HARDWARE_ERROR = "hardwareError"
    POWER_OFF = "powerOff"
    OFFLINE = "offline"
    USER_ERROR = "userError"
    STARTING = "starting"
    DEVICE_BUSY = "deviceBusy"
    POTENTIAL_FRAUD = "potentialFraud"
    ONLINE = "online"

    @property
    def serves(self) -> bool:
        """Whether a citizen can count on the device now."""
        return self in (DeviceState.ONLINE, DeviceState.DEVICE_BUSY, DeviceState.POTENTIAL_FRAUD)


class Media(StrEnum):
    """XFS4IoT's media position of a reader or printer."""

    UNKNOWN = "unknown"
    PRESENT = "present"
    NOT_PRESENT = "notPresent"
    JAMMED = "jammed"
    ENTERING = "entering"


class Supply(StrEnum):
    """XFS4IoT's fill of paper or toner."""

    UNKNOWN = "unknown"
    FULL = "full"
    LOW = "low"
    OUT = "out"
    JAMMED = "jammed"


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What a device is; does not change while it is open.

    `capabilities` says what it can do, by names that the driver's page in docs/hardware lists; how it is
    now is its status and never stands here.
    """

    device: DeviceId
    kind: DeviceKind
    driver: str
    model: str = ""
    serial_number: str = ""
    capabilities: Mapping[str, Capability] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """How a device is now.

    `auxiliaries` holds what the sensors of a cabinet say, member and value as in XFS4IoT's Auxiliaries
    and PowerManagement: ``("cabinetDoors", "open")``, ``("proximitySensor", "present")``, ``("ups", "engaged")``.
    """

    state: DeviceState
    media: Media = Media.UNKNOWN
    paper: Supply = Supply.UNKNOWN
    toner: Supply = Supply.UNKNOWN
    fault: Fault | None = None
    auxiliaries: tuple[tuple[str, str], ...] = ()


class CardLayout(StrEnum):
    """Which of the four sibling cards it is (id-card-reader.md §6)."""

    RESIDENT = "resident"
    FOREIGNER_2017 = "I"
    FOREIGNER_2023 = "Y"
    HMT_RESIDENT = "J"


class CardFlag(StrEnum):
    """What validation noticed; a flag is a fact, the visit decides what it means."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    CHECK_DIGIT = "check-digit"
    BIRTH_DATE_DIFFERS = "birth-date-differs"
    SEX_DIFFERS = "sex-differs"
    REGION = "region"
    """The number names a region that did not exist when its holder got it, or another country than the card."""
    PRIVATE_USE_CHARACTER = "private-use-character"
    SUPPLEMENTARY_CHARACTER = "supplementary-character"
    """A character outside the basic plane: whole and right, but not in every face."""
    HALF_CHARACTER = "half-character"
    """A text was cut in the middle of its last character, which stands there as U+FFFD."""


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """The text of an identity card.

    `valid_to` is None for 长期 (no end); `sex` is the code of GB/T 2261.1 (1 male, 2 female);
    `latin_name` and `nationality` (ISO 3166 alpha-3) are on the cards of foreigners only.
    """

    layout: CardLayout
    name: str = field(repr=False)
    sex: str = field(repr=False)
    ethnic_group: str = field(repr=False)
    birth_date: date = field(repr=False)
    address: str = field(repr=False)
    number: str = field(repr=False)
    issuer: str = field(repr=False)
    valid_from: date = field(repr=False)
    valid_to: date | None = field(repr=False)
    photo_wlt: bytes = field(default=b"", repr=False)
    flags: frozenset[CardFlag] = frozenset()
    latin_name: str = field(default="", repr=False)
    nationality: str = field(default="", repr=False)
    additional_address: str = field(default="", repr=False)
    photo: bytes = field(default=b"", repr=False)
    """A PNG of the photograph; empty where no decoder of the reader's vendor is installed."""
    fingerprints: bytes = field(default=b"", repr=False)
    """The card's fingerprint block as read, only from a reader that is set to read it."""
    former_number: str = field(default="", repr=False)
    """The 15-character number that a foreigner had before the card of 2023, rebuilt from that card."""
    pass_number: str = field(default="", repr=False)
    """The number of the travel permit that a residence permit (J) belongs to."""
    times_issued: str = field(default="", repr=False)
    """How often the card was issued (J) or renewed (Y), as two digits."""


@dataclass(frozen=True, slots=True)
class SocialSecurityCard:
    """The free records of a social security card (EF05 and EF06 under SSSE)."""

    card_number: str = field(repr=False)
    number: str = field(repr=False)
    name: str = field(repr=False)
    card_class: str = ""
    version: str = ""
    issuer: str = field(default="", repr=False)
    issued: date | None = field(default=None, repr=False)
    valid_to: date | None = field(default=None, repr=False)
    sex: str = field(default="", repr=False)
    ethnic_group: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    birth_place: str = field(default="", repr=False)
    flags: frozenset[CardFlag] = frozenset()


@dataclass(frozen=True, slots=True)
class StaffCard:
    """A technician's card: says who holds it, proves nothing until its answer to a challenge was checked."""

    staff_id: str
    response: bytes = field(default=b"", repr=False)
    challenge: bytes = field(default=b"", repr=False)
    """What the card had to answer; made up for this one reading."""


ChipCard = SocialSecurityCard | StaffCard


class Symbology(StrEnum):
    """What kind of code was read, as far as the scanner says (AIM symbology identifiers, ISO/IEC 15424)."""

    UNKNOWN = "unknown"
    QR = "qr"
    DATA_MATRIX = "data-matrix"
    GS1_DATA_MATRIX = "gs1-data-matrix"
    PDF417 = "pdf417"
    AZTEC = "aztec"
    MAXICODE = "maxicode"
    DOTCODE = "dotcode"
    CODE_128 = "code-128"
    GS1_128 = "gs1-128"
    CODE_39 = "code-39"
    CODE_93 = "code-93"
    CODABAR = "codabar"
    INTERLEAVED_2_OF_5 = "interleaved-2-of-5"
    EAN_13 = "ean-13"
    EAN_8 = "ean-8"
    GS1_DATABAR = "gs1-databar"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code held before the scanner says. It may be a credential: never shown, logged or kept."""

    text: str = field(repr=False)
    symbology: Symbology = Symbology.UNKNOWN


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One print. `title` is what the spooler may show and therefore holds nothing personal."""

    action: ActionId
    title: str
    pdf: bytes = field(repr=False)
    sheets: int = 1


@dataclass(frozen=True, slots=True)
class PrintSettlement:
    """How a print ended and why; `sheets` is what the device counted, or was asked for when sent."""

    action: ActionId
    outcome: PrintOutcome
    fault: Fault | None = None
    sheets: int = 0
    evidence: str = ""


class Shot(StrEnum):
    """What a picture is of."""

    DOCUMENT = "document"
    PORTRAIT = "portrait"


class Advice(StrEnum):
    """What a citizen can do so that the picture becomes usable."""

    PUT_PAGE_DOWN = "put-page-down"
    MOVE_INTO_VIEW = "move-into-view"
    FLATTEN = "flatten"
    HOLD_STILL = "hold-still"
    TURN_FROM_GLARE = "turn-from-glare"
    MORE_LIGHT = "more-light"
    LESS_LIGHT = "less-light"
    LOOK_HERE = "look-here"
    COME_CLOSER = "come-closer"
    STEP_BACK = "step-back"
    MOVE_TO_MIDDLE = "move-to-middle"
    ONE_PERSON_ONLY = "one-person-only"
    FACE_FORWARD = "face-forward"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a running camera, for the preview only: packed rows of blue, green, red."""

    number: int
    width: int
    height: int
    pixels: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a camera took: a straightened page or a portrait, as JPEG. `dpi` is 0 where the scale is unknown."""

    shot: Shot
    jpeg: bytes = field(repr=False)
    width: int
    height: int
    dpi: int = 0


class Flash(StrEnum):
    """XFS4IoT's flash rates of a light."""

    OFF = "off"
    SLOW = "slow"
    MEDIUM = "medium"
    QUICK = "quick"
    CONTINUOUS = "continuous"


@dataclass(frozen=True, slots=True)
class Glow:
    """How one light should be; `light` is XFS4IoT's name (``cardReader``, ``scanner``, ``documentPrinter``, …)."""

    light: str
    flash: Flash
    colour: Literal["red", "green", "yellow", "blue", "white", "default"] = "default"
