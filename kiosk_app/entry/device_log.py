"""Logs what devices report: loss once, return once, cards and codes by kind and fault, never by content."""

import time

from contract.ids import DeviceId
from devices.events import (
    CardFault,
    CardRead,
    ChipCardRead,
    CodeFault,
    CodeRead,
    Numbered,
    PictureTaken,
    StatusChanged,
)
from devices.values import DeviceState, DeviceStatus, StaffCard
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log


class DeviceLog:
    """A hub listener."""

    def __init__(self) -> None:
        self._lost_at: dict[DeviceId, float] = {}

    def __call__(self, numbered: Numbered) -> None:
        match numbered.event:
            case StatusChanged(device, status):
                self._state(device, status)
            case CardRead(device, _, card):
                log(LogEvent.CARD_READ, device=device, layout=card.layout.value, flags=sorted(card.flags))
            case ChipCardRead(device, _, card):
                staff = isinstance(card, StaffCard)
                log(LogEvent.CARD_READ, device=device, layout="staff" if staff else "social-security")
            case PictureTaken(device, _, picture):
                log(LogEvent.PICTURE_TAKEN, device=device, shot=picture.shot.value, dpi=picture.dpi)
            case CardFault(device, _, fault):
                log(LogEvent.CARD_FAULT, device=device, fault=fault.code, detail=fault.detail)
            case CodeRead(device, _, code):
                log(LogEvent.CODE_READ, device=device, symbology=code.symbology.value)
            case CodeFault(device, _, fault):
                log(LogEvent.CODE_FAULT, device=device, fault=fault.code, detail=fault.detail)

    def _state(self, device: DeviceId, status: DeviceStatus) -> None:
        if status.state.serves:
            if (lost_at := self._lost_at.pop(device, None)) is not None:
                log(LogEvent.DEVICE_BACK, device=device, seconds=round(time.monotonic() - lost_at, 1))
        elif status.state is not DeviceState.STARTING and device not in self._lost_at:
            self._lost_at[device] = time.monotonic()
            fault = status.fault
            log(
                LogEvent.DEVICE_LOST,
                device=device,
                state=status.state.value,
                fault=fault.code if fault is not None else None,
                detail=fault.detail if fault is not None else None,
            )
