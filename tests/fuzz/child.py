"""One target in a process of its own: ``python -m tests.fuzz.child MODULE FOLDER SECONDS SEED``.

First whether it grows: its seeds again and again, and what is held afterwards is held no more than before.
Then coverage-guided fuzzing from the same seeds, bounded in time, memory and time an input. Ends with the status
that libFuzzer ends with; an input that broke a promise is left in FOLDER.
"""

import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import atheris

OURS = ["devices.drivers", "kiosk_app.link", "tests.fuzz.planted"]
"""What is watched for new ways through; libraries are not."""
ARRAYS = [
    f"devices.drivers.page_{name}" for name in ("clean", "edges", "finder", "quads", "quality", "shapes", "weight")
]
"""Fuzzed unwatched: atheris never lets go of the array that a watched comparison makes."""
TIMEOUT_S = 5
MEMORY_MB = 512
_ROUNDS = 5
_GROWTH_BYTES = 8 * 1024
GREW = 3


def main(module: str, folder: str, seconds: str, seed: str) -> int:
    """Fuzz; does not return unless the target grows."""
    with atheris.instrument_imports(include=OURS, exclude=ARRAYS, enable_loader_override=False):
        target = import_module(module)
    corpus = Path(folder) / "corpus"
    corpus.mkdir()
    seeds = list(target.seeds())
    for number, data in enumerate(seeds):
        (corpus / f"seed-{number:03}").write_bytes(data)
    grown = growth(target.check, seeds)
    if grown > _GROWTH_BYTES:
        sys.stderr.write(f"grew by {grown} bytes with each {_ROUNDS * len(seeds)} inputs\n")
        return GREW
    options = [
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-timeout={TIMEOUT_S}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={target.LONGEST}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target.check)
    atheris.Fuzz()
    return 0


def growth(check: Callable[[bytes], None], seeds: Iterable[bytes]) -> int:
    """Return by how many bytes at the least what is held grows with each few rounds over the same inputs."""

    def round_trips(count: int) -> int:
        for _ in range(count):
            for data in seeds:
                check(data)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        held = [round_trips(3), *(round_trips(_ROUNDS) for _ in range(3))]
        # A cache that fills grows once; what leaks grows each time.
        return min(after - before for before, after in pairwise(held))
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
