"""Orders that a hub takes and events that it publishes.

An order is one request to one device. Its events carry its id and end with exactly one of
`CardRead`, `ChipCardRead`, `PictureTaken`, `PrintSettledEvent` or `OrderEnded`. Events of devices without an
order are unsolicited. A code ends no order: whoever gave it decides whether it is the right one, and
withdraws the order.
"""

from dataclasses import dataclass, field

from contract.fault import Fault
from contract.ids import ActionId, DeviceId, OrderId
from devices.values import (
    Advice,
    ChipCard,
    Code,
    DeviceInfo,
    DeviceStatus,
    Glow,
    IdentityCard,
    Media,
    Picture,
    PrintJob,
    PrintSettlement,
    Shot,
)


@dataclass(frozen=True, slots=True)
class ReadIdentity:
    """Wait for a card and read it. Card trouble is an event, and the wait goes on until `seconds`."""

    order: OrderId
    seconds: float


@dataclass(frozen=True, slots=True)
class WatchRemoval:
    """Say whether a card lies there and when it is gone."""

    order: OrderId
    seconds: float


@dataclass(frozen=True, slots=True)
class ScanCode:
    """Read codes that are held before the scanner, until `seconds` are up or the order is withdrawn."""

    order: OrderId
    seconds: float


@dataclass(frozen=True, slots=True)
class PrintDocument:
    """Print one job; the order's id is the job's action id."""

    job: PrintJob
    seconds: float

    @property
    def order(self) -> OrderId:
        return OrderId(self.job.action)


@dataclass(frozen=True, slots=True)
class SettlePrint:
    """Find out how a print of an earlier process ended. Prints nothing."""

    action: ActionId

    @property
    def order(self) -> OrderId:
        return OrderId(self.action)


@dataclass(frozen=True, slots=True)
class ReadChipCard:
    """Wait for a chip card and read it. Card trouble is an event, and the wait goes on until `seconds`."""

    order: OrderId
    seconds: float


@dataclass(frozen=True, slots=True)
class TakePicture:
    """Take one picture of a page or a person; the preview goes through the frame channel."""

    order: OrderId
    shot: Shot
    seconds: float


@dataclass(frozen=True, slots=True)
class SetLight:
    """Set one light."""

    order: OrderId
    glow: Glow

    @property
    def seconds(self) -> float:
        return LIGHT_S


LIGHT_S = 5.0
"""How long a light may take to be set before nobody cares any more."""

Order = ReadIdentity | WatchRemoval | ReadChipCard | ScanCode | TakePicture | SetLight | PrintDocument | SettlePrint


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Unsolicited: the device is now like this. Published only when something changed."""

    device: DeviceId
    status: DeviceStatus


@dataclass(frozen=True, slots=True)
class MediaChanged:
    """A card was found (``present``) or is gone (``notPresent``)."""

    device: DeviceId
    order: OrderId
    media: Media


@dataclass(frozen=True, slots=True)
class CardFault:
    """The card could not be read this time; the order is still running."""

    device: DeviceId
    order: OrderId
    fault: Fault


@dataclass(frozen=True, slots=True)
class CardRead:
    """The card, once. Ends the order."""

    device: DeviceId
    order: OrderId
    card: IdentityCard = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChipCardRead:
    """The chip card, once. Ends the order."""

    device: DeviceId
    order: OrderId
    card: ChipCard = field(repr=False)


@dataclass(frozen=True, slots=True)
class Advised:
    """What would make the picture usable; None when it is about to be taken. The order is still running."""

    device: DeviceId
    order: OrderId
    advice: Advice | None


@dataclass(frozen=True, slots=True)
class PictureTaken:
    """The picture, once. Ends the order."""

    device: DeviceId
    order: OrderId
    picture: Picture = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeRead:
    """A code was read; the order is still running."""

    device: DeviceId
    order: OrderId
    code: Code = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeFault:
    """A code was seen that cannot be read; the order is still running."""

    device: DeviceId
    order: OrderId
    fault: Fault


@dataclass(frozen=True, slots=True)
class PrintHeldUp:
    """The job waits because of `fault`; None when it moves again."""

    device: DeviceId
    order: OrderId
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class PrintSettledEvent:
    """How the print ended. Ends the order."""

    device: DeviceId
    order: OrderId
    settlement: PrintSettlement


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """The order is over without a result: time ran out, it was withdrawn (`fault` None), or the device failed."""

    device: DeviceId
    order: OrderId
    fault: Fault | None = None


DeviceEvent = (
    StatusChanged
    | MediaChanged
    | CardFault
    | CardRead
    | ChipCardRead
    | Advised
    | PictureTaken
    | CodeRead
    | CodeFault
    | PrintHeldUp
    | PrintSettledEvent
    | OrderEnded
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its place in the hub's stream; a gap means "ask for the snapshot again"."""

    number: int
    event: DeviceEvent


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device in a snapshot."""

    info: DeviceInfo
    status: DeviceStatus


@dataclass(frozen=True, slots=True)
class HubSnapshot:
    """Every device as of event `number`."""

    number: int
    devices: tuple[DeviceView, ...]
