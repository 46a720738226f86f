"""What devices read and take: cards, codes, print jobs, states.

States, media, paper and toner carry XFS4IoT's spellings. Values about a person never show in `repr`.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, DeviceId

DeviceKind = Literal["identity-reader", "smart-card", "code-scanner", "camera", "printer"]


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
    """What a device is; does not change while it is open."""

    device: DeviceId
    kind: DeviceKind
    driver: str
    model: str = ""
    serial_number: str = ""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """How a device is now."""

    state: DeviceState
    media: Media = Media.UNKNOWN
    paper: Supply = Supply.UNKNOWN
    toner: Supply = Supply.UNKNOWN
    fault: Fault | None = None


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
    PRIVATE_USE_CHARACTER = "private-use-character"


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
