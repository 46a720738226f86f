"""Making a case durable, in turn with a bare SQLCipher transaction that inserts the same bytes on the same disk.

Each case in a visit of its own, as a terminal meets it: the visit begins, its case is committed, printed, closed and
rated, and it ends. Only the commit is timed; it is what a citizen waits for.
"""

import math
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from benchmarks.core_rows import row
from benchmarks.core_store import AT, KIOSK, a_case, what_follows
from contract.ids import VisitId, new_id
from offline_cache.cache import open_cache

COMMITS = 2000


def run() -> dict[str, Any]:
    """Measure; figures in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="kc-") as folder:
        return _measured(Path(folder))


def _measured(here: Path) -> dict[str, Any]:
    """p99 of making a case durable; in turn with a transaction that only inserts the same bytes."""
    cache = open_cache(here / "commit", KIOSK, AT)
    bare = sqlcipher.connect(str(here / "bare.db"), isolation_level=None)
    bare.execute(f"PRAGMA key = \"x'{'ab' * 32}'\"")
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "locking_mode = EXCLUSIVE"):
        bare.execute(f"PRAGMA {pragma}")
    bare.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)")
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(COMMITS):
        visit, code = VisitId(new_id()), f"{number:016}"
        case = a_case(visit)
        body = case.model_dump_json()
        cache.begin_visit(visit, AT)
        began = time.perf_counter()
        cache.commit_case(case, lookup_id="lookup", verification_code=code, at=AT)
        ours.append(time.perf_counter() - began)
        for event in what_follows(case, code):
            cache.record((event,), AT)
        cache.end_visit(visit)
        began = time.perf_counter()
        bare.execute("BEGIN IMMEDIATE")
        bare.execute("INSERT INTO bare (body) VALUES (?)", (body,))
        bare.execute("COMMIT")
        theirs.append(time.perf_counter() - began)
    cache.close()
    bare.close()
    return row(
        "durable commit of a case, p99", "ms", _p99(ours) * 1000, _p99(theirs) * 1000, "bare SQLCipher transaction",
        target=2.0, rounds=COMMITS,
    )  # fmt: skip


def _p99(values: list[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.99) - 1]
