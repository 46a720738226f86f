"""What is said on the device link, version 1: who joins, orders and withdrawals one way, devices' news the other.

Both ends import these and nothing else of each other. An event of an order goes to whoever gave the order
and to nobody else, so that the process that prints never sees a card.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contract.ids import DeviceId, OrderId
from devices.events import (
    DeviceEvent,
    Order,
    PrintDocument,
    ReadChipCard,
    ReadIdentity,
    ScanCode,
    SetLight,
    SettlePrint,
    TakePicture,
    WatchRemoval,
)
from devices.values import DeviceInfo
from kiosk_app.link.parties import Party

LINK: Final = "device"
VERSION: Final = 1
SERVER: Final = "deviced"

_CITIZENS: Final = (ReadIdentity, ReadChipCard, WatchRemoval, ScanCode, TakePicture, SetLight)
_PRINTS: Final = (PrintDocument, SettlePrint)
MAY_ORDER: Final[dict[str, tuple[type, ...]]] = {
    "ui": _CITIZENS,
    "agentd": _PRINTS,
    "terminal": (*_CITIZENS, *_PRINTS),
    "ctl": (),
}
"""Who may order what; ``terminal`` is screen and agent in one process, ``ctl`` only looks."""

SEES_FRAMES: Final = frozenset({"ui", "terminal"})

JOIN: Final = "join"
ORDER: Final = "order"
WITHDRAW: Final = "withdraw"
SNAPSHOT: Final = "snapshot"
NEWS: Final = "news"
FRAMES: Final = "frames"


@dataclass(frozen=True, slots=True)
class Join:
    """The first thing a client says. Of one client's connections only the one with the highest turn counts."""

    client: str
    turn: int


@dataclass(frozen=True, slots=True)
class Given:
    """An order for a device."""

    device: DeviceId
    order: Order


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An order that nobody wants any more."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class News:
    """An event, numbered within this connection; `info` with a change of status, since a device may be another now."""

    number: int
    event: DeviceEvent
    info: DeviceInfo | None = None


@dataclass(frozen=True, slots=True)
class Frames:
    """The memory in which a device's frames are found comes with this."""

    device: DeviceId


def device_socket(run_folder: Path) -> Path:
    """Return where `deviced` is found."""
    return run_folder / "deviced.sock"


def server_party() -> Party:
    return Party(LINK, VERSION, SERVER, frozenset(MAY_ORDER))


def client_party(role: str) -> Party:
    return Party(LINK, VERSION, role, frozenset({SERVER}))
