"""The windows onto what the cameras of another process see, by device.

Opened by the link's thread, looked through by the screen's; a window is not closed while somebody copies a
frame out of it. Nothing is kept here: what is seen is in the other process's memory and wiped by it.
"""

import threading

from contract.ids import DeviceId, OrderId
from devices.frame_ring import FrameWindow
from devices.values import Frame
from kiosk_app.link.wire import WireError


class FrameWindows:
    """A window for each device that shows what it sees."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[DeviceId, FrameWindow] = {}

    def open(self, device: DeviceId, descriptor: int) -> None:
        """Look through `descriptor`, which stays the caller's, from now on.

        Raises:
            WireError: it is no memory of frames.
        """
        try:
            window = FrameWindow(descriptor)
        except (ValueError, OSError):
            raise WireError("what came is no memory of frames") from None
        with self._lock:
            before = self._windows.pop(device, None)
            self._windows[device] = window
            if before is not None:
                before.close()

    def newest(self, device: DeviceId, order: OrderId, after: int) -> Frame | None:
        """Return the newest frame of a running order above number `after`; None when there is none."""
        with self._lock:
            window = self._windows.get(device)
            return window.newest(order, after) if window is not None else None

    def close(self) -> None:
        """Close every window. Safe twice; more may be opened later."""
        with self._lock:
            windows, self._windows = self._windows, {}
            for window in windows.values():
                window.close()
