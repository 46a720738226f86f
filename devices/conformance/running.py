"""A bench held against its suite by pytest, as ``kiosk device conform`` does it."""

from collections.abc import Sequence

import pytest

_FAILED, _WRONG = 1, 2


def run(bench: str, arguments: Sequence[str]) -> int:
    """Run the suite that fits the bench ``MODULE:NAME``; 0 passed, 1 failed, 2 no such bench."""
    words = ["-p", "devices.conformance.plugin", "--pyargs", "devices.conformance.test_bench", "--bench", bench]
    match pytest.main([*words, "-p", "no:cacheprovider", "--import-mode=importlib", *arguments]):
        case pytest.ExitCode.OK:
            return 0
        case pytest.ExitCode.USAGE_ERROR:
            return _WRONG
        case _:
            return _FAILED
