"""Orders about cards: read one, of either sort, and watch until one that was left is taken.

Trouble with a card is told and the wait goes on, since the citizen can lay it again; only a card, the end
of the time or a bug of the driver ends a reading.
"""

from typing import cast

from devices.connection import DriverBug
from devices.errors import DeviceError, MediaTrouble
from devices.events import (
    CardRead,
    ChipCardRead,
    DeviceEvent,
    OrderEnded,
    ReadChipCard,
    ReadIdentity,
)
from devices.order_run import CALL_S, OrderRun
from devices.protocol import IdentityReader, SmartCardReader
from devices.values import IdentityCard, Media

_GONE_LOOKS = 2
"""One look that sees no card may be the radio's; "taken" needs two."""


def read_card(run: OrderRun, order: ReadIdentity | ReadChipCard) -> DeviceEvent:
    """Wait for a card and read it."""
    while (device := run.reach()) is not None:
        try:
            with run.connection.calling("read", run.until.left_s):
                card = cast("IdentityReader | SmartCardReader", device).read(run.until, run.say_media)
        except MediaTrouble as trouble:
            if trouble.fault.code == "card.none_presented":
                break
            run.say_card_fault(trouble.fault)
            run.until.pause(run.pace.retry_s)
        except DeviceError as error:
            run.look_again(error)
        except DriverBug as bug:
            return OrderEnded(run.device, order.order, bug.fault)
        else:
            if isinstance(card, IdentityCard):
                return CardRead(run.device, order.order, card)
            return ChipCardRead(run.device, order.order, card)
    return run.over()


def watch_removal(run: OrderRun) -> DeviceEvent:
    """Say whether a card lies there and when it is gone."""
    looks = 0
    while (device := run.reach()) is not None:
        try:
            with run.connection.calling("card_present", CALL_S):
                present = cast("IdentityReader | SmartCardReader", device).card_present(run.until)
        except DeviceError as error:
            run.look_again(error)
            continue
        except DriverBug as bug:
            return OrderEnded(run.device, run.id, bug.fault)
        looks = 0 if present else looks + 1
        if present:
            run.say_media(Media.PRESENT)
        elif looks >= _GONE_LOOKS:
            run.say_media(Media.NOT_PRESENT)
            return OrderEnded(run.device, run.id)
        run.until.pause(run.pace.removal_look_s)
    return run.over()
