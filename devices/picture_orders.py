"""Orders that look: read codes until withdrawn, take one picture; and the one that shines, set a light.

What a camera sees goes to the frame channel while the order runs and never into an event, so that a
picture of a person is only ever where the screen paints it.
"""

from typing import cast

from contract.fault import Fault
from devices.connection import DriverBug
from devices.errors import DeviceError, MediaTrouble, NeedsHelp
from devices.events import (
    Advised,
    CodeFault,
    CodeRead,
    DeviceEvent,
    OrderEnded,
    PictureTaken,
    SetLight,
    TakePicture,
)
from devices.order_run import CALL_S, OrderRun
from devices.protocol import Camera, CodeScanner, Lights, Viewfinder
from devices.values import Advice, Code


def scan_codes(run: OrderRun) -> DeviceEvent:
    """Tell every code that is held before the scanner until the order is over."""

    def say(heard: Code | Fault) -> None:
        if isinstance(heard, Fault):
            run.publish(CodeFault(run.device, run.id, heard))
        else:
            run.publish(CodeRead(run.device, run.id, heard))

    while (device := run.reach()) is not None:
        try:
            with run.connection.calling("scan", run.until.left_s):
                scanner = cast(CodeScanner, device)
                if isinstance(device, Viewfinder):
                    device.show_frames_to(run.show)
                try:
                    scanner.scan(run.until, say)
                finally:
                    if isinstance(device, Viewfinder):
                        device.show_frames_to(None)
        except DeviceError as error:
            run.look_again(error)
        except DriverBug as bug:
            return OrderEnded(run.device, run.id, bug.fault)
    return run.over()


def take_picture(run: OrderRun, order: TakePicture) -> DeviceEvent:
    """Wait for a good picture and take it, telling on the way what would make it good."""
    told: list[Advice | None] = []

    def say(advice: Advice | None) -> None:
        if told[-1:] != [advice]:
            told[:] = [advice]
            run.publish(Advised(run.device, run.id, advice))

    while (device := run.reach()) is not None:
        try:
            with run.connection.calling("capture", run.until.left_s):
                picture = cast(Camera, device).capture(order.shot, run.until, run.show, say)
        except MediaTrouble as trouble:
            return OrderEnded(run.device, run.id, trouble.fault)
        except NeedsHelp as error:
            run.look_again(error)
            return OrderEnded(run.device, run.id, error.fault)
        except DeviceError as error:
            run.look_again(error)
        except DriverBug as bug:
            return OrderEnded(run.device, run.id, bug.fault)
        else:
            return PictureTaken(run.device, run.id, picture)
    return run.over()


def set_light(run: OrderRun, order: SetLight) -> DeviceEvent:
    """Set one light. A light that is not there ends the order with that; trouble is tried again."""
    while (device := run.reach()) is not None:
        try:
            with run.connection.calling("set", CALL_S):
                cast(Lights, device).set(order.glow)
        except NeedsHelp as error:
            return OrderEnded(run.device, run.id, error.fault)
        except DeviceError as error:
            run.look_again(error)
        except DriverBug as bug:
            return OrderEnded(run.device, run.id, bug.fault)
        else:
            return OrderEnded(run.device, run.id)
    return run.over()
