"""Ports that a test gives to servers which listen a while later.

None of them is of the kernel's own range, from which every outgoing connection is given one: between the look and
the listening, connections of other tests would take it.
"""

import random
import socket
from contextlib import suppress

_LOWEST, _HIGHEST = 10_000, 32_000
_CHANCE = random.SystemRandom()  # tests run beside each other: no seed that they would share


def free_ports(count: int) -> int:
    """Find so many free ports in a row on loopback; return the first."""
    while True:
        base = _CHANCE.randrange(_LOWEST, _HIGHEST)
        with suppress(OSError):
            for port in range(base, base + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return base


def free_port() -> int:
    """Find one free port on loopback."""
    return free_ports(1)
