"""What a driver has to offer: one small protocol a capability.

Calls block and are made from one thread only, the device's actor's. They raise
`devices.errors.DeviceError` for trouble and `devices.errors.Cancelled` when the deadline is withdrawn.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from contract.fault import Fault
from contract.ids import ActionId
from devices.deadline import Deadline
from devices.values import (
    Advice,
    ChipCard,
    Code,
    DeviceInfo,
    DeviceStatus,
    Frame,
    Glow,
    IdentityCard,
    Media,
    Picture,
    PrintJob,
    PrintSettlement,
    Shot,
)


@runtime_checkable
class Device(Protocol):
    """One device behind one driver."""

    @property
    def info(self) -> DeviceInfo: ...

    def open(self) -> None:
        """Reach the device. Raises `Absent` when it is not there; may be called again later."""

    def close(self) -> None:
        """Let go of the device. Safe twice, safe when never opened."""

    def probe(self) -> DeviceStatus:
        """Say how the device is: cheap, without side effect. Raises when it cannot be reached."""


@runtime_checkable
class IdentityReader(Device, Protocol):
    """Reads identity cards."""

    def read(self, until: Deadline, say: Callable[[Media], None]) -> IdentityCard:
        """Wait for a card and read it once.

        `say` hears ``present`` when a card is found and ``notPresent`` when one that could not be
        used is gone. Card trouble is raised as `MediaTrouble` (``card.lifted``, ``card.unreadable``,
        ``card.unsupported``, ``card.already_read``), once for each time that a card lies there, and
        leaves the reader ready for the next call; no card by the deadline is ``card.none_presented``.
        """

    def card_present(self, until: Deadline) -> bool:
        """Whether a card lies on the reader, also one that was read already."""


@runtime_checkable
class SmartCardReader(Device, Protocol):
    """Reads chip cards: social security cards, and the staff cards that open the diagnostics mode."""

    def read(self, until: Deadline, say: Callable[[Media], None]) -> ChipCard:
        """Wait for a card and read it once.

        `say` and card trouble as for `IdentityReader.read`; besides, ``card.wrong_way_round`` for a chip that
        does not answer to its reset, ``card.unknown`` for one with neither application.
        """

    def card_present(self, until: Deadline) -> bool:
        """Whether a card is in the reader."""


@runtime_checkable
class CodeScanner(Device, Protocol):
    """Reads codes that are held before it."""

    def scan(self, until: Deadline, say: Callable[[Code | Fault], None]) -> None:
        """Read codes until the time is up.

        What came before the call, or is half way in when it begins, is discarded. `say` hears each code,
        and ``code.unreadable`` for one that is too long or in no known encoding; a code that stays or
        comes back within two seconds is said once.
        """


@runtime_checkable
class Camera(Device, Protocol):
    """Takes pictures of documents and of people."""

    def capture(
        self, shot: Shot, until: Deadline, show: Callable[[Frame], None], say: Callable[[Advice | None], None]
    ) -> Picture:
        """Wait until a good picture can be taken, and take it.

        `show` hears every frame that is worth a preview; `say` what the citizen can do better, on change
        only, and None when the picture is good and about to be taken. No usable picture by the deadline is
        ``camera.no_picture``, raised as `MediaTrouble`.
        """


@runtime_checkable
class Viewfinder(Protocol):
    """A scanner that looks through a camera can show what it sees; a camera is handed `show` with each shot."""

    def show_frames_to(self, show: Callable[[Frame], None] | None) -> None:
        """Have every frame of the running call that is worth a preview go to `show`; None for none."""


@runtime_checkable
class Sensing(Protocol):
    """A device whose senses change by themselves, and which therefore wants to be probed more often than others."""

    @property
    def look_s(self) -> float:
        """Seconds between two looks at it."""


@runtime_checkable
class Lights(Device, Protocol):
    """Guidance and status lights."""

    def set(self, glow: Glow) -> None:
        """Set one light. A light that is not there is ``lights.unsupported``, raised as `NeedsHelp`."""


@runtime_checkable
class Printer(Device, Protocol):
    """Prints A4."""

    def print(self, job: PrintJob, until: Deadline, say: Callable[[Fault | None], None]) -> PrintSettlement:
        """Submit the job, follow it to its outcome.

        `say` hears the fault that holds the job up, and None when it moves again. Withdrawing the
        deadline cancels the job: when no sheet can have come out the outcome is ``failed`` with
        ``print.cancelled``, else ``unknown``. Returns a settlement in every case and raises only
        `DeviceError` for trouble before anything was handed over.
        """

    def settle(self, action: ActionId) -> PrintSettlement:
        """Say how a print ended that an earlier process began, from evidence alone.

        Cancels what has not started; never prints.
        """
