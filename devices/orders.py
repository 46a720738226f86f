"""How each order is carried out on one device, from acceptance to the one event that ends it.

The orders themselves are in `card_orders`, `picture_orders` and `print_orders`; what they share is
`order_run`'s. Whatever was shown while an order ran is forgotten when it is over.
"""

from typing import assert_never

from devices.card_orders import read_card, watch_removal
from devices.connection import Pace
from devices.errors import Cancelled
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
from devices.order_run import FrameSink, OrderRun
from devices.picture_orders import scan_codes, set_light, take_picture
from devices.print_orders import print_document, settle_print


def seconds_of(order: Order, pace: Pace) -> float:
    """Return how long an order may take from its acceptance."""
    return pace.settle_s if isinstance(order, SettlePrint) else order.seconds


def perform(run: OrderRun, order: Order, frames: FrameSink | None) -> DeviceEvent:
    """Carry `order` out; return the event that ends it. On the device's own thread."""
    shown = frames if isinstance(order, ScanCode | TakePicture) else None
    try:
        if shown is not None:
            shown.begin(order.order)
        return _perform(run, order)
    except Cancelled:
        return run.over()
    finally:
        if shown is not None:
            shown.end(order.order)


def _perform(run: OrderRun, order: Order) -> DeviceEvent:  # noqa: PLR0911 - a table with a row for each order
    match order:
        case ReadIdentity() | ReadChipCard():
            return read_card(run, order)
        case WatchRemoval():
            return watch_removal(run)
        case ScanCode():
            return scan_codes(run)
        case TakePicture():
            return take_picture(run, order)
        case SetLight():
            return set_light(run, order)
        case PrintDocument():
            return print_document(run, order)
        case SettlePrint():
            return settle_print(run, order)
        case _:
            assert_never(order)
