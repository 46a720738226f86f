"""What carries bytes to an SDT module and back: a serial line or USB.

A wire knows nothing of frames. It lets go of its port when it reports `Absent`, so that a lost reader
leaves nothing behind. No call that waits for the module blocks for longer than a slice.
"""

from typing import Protocol

SLICE_S = 0.02
"""How long one receive may block: the bound on how late a withdrawal is noticed."""


class Wire(Protocol):
    """One way to one module, opened and closed as often as it takes."""

    def close(self) -> None:
        """Let go. Safe twice, safe when never opened."""

    def send(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            Absent: the module cannot be reached any more.
            Silent: it does not take it now.
        """

    def receive(self, wanted: int) -> bytes:
        """Return what has come, waiting up to a slice for `wanted` bytes; more than those only where packets hold more.

        Raises:
            Absent: the module cannot be reached any more.
            Silent: what was on its way will not come.
        """

    def forget(self) -> None:
        """Throw away what has come and was not received, without waiting."""

    def seconds(self, count: int) -> float:
        """Return the time that `count` bytes take on the way."""
