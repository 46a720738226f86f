"""``kiosk device conform``: somebody's driver held to the suite of its capability, through pytest.

pytest is no part of a terminal: whoever writes drivers has it, and everybody else is told.
"""

import sys
from collections.abc import Sequence
from importlib.util import find_spec


def conform(bench: str, arguments: Sequence[str]) -> int:
    """Run the suite that fits `bench`; 0 when the driver passed, 1 when not, 2 when there is no such bench."""
    if find_spec("pytest") is None or find_spec("devices.conformance") is None:
        print("kiosk device conform: this needs pytest and a checkout; see docs/drivers.md", file=sys.stderr)
        return 1
    from devices.conformance.running import run  # noqa: PLC0415 - needs pytest

    return run(bench, arguments)
