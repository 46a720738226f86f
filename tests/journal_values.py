"""Cases to put into a journal, each with planted personal data."""

import subprocess
import sys
from pathlib import Path

from contract.cases import Case
from contract.ids import CaseId, VisitId, new_id
from contract.persons import RESIDENT_CARD, Applicant
from offline_cache.cache import DATABASE, KEY, STORE, Cache
from offline_cache.envelope import unlock
from offline_cache.keys import KeySource

PLANTED = "植入甲"


def a_case(visit: str) -> Case:
    return Case(
        case_id=CaseId(new_id()),
        visit_id=VisitId(visit),
        receipt_number="",
        item_id="insurance-certificate",
        item_code="000",
        catalogue_version=1,
        language="zh",
        committed_at="2026-01-02T03:04:05.678Z",
        applicant=Applicant(
            name=PLANTED, document_type=RESIDENT_CARD, document_number="110101199003078515", read_by="sdt-serial"
        ),
        facts={"person": {"name": PLANTED}, "filler": "x" * 500},
    )


def committed(cache: Cache, visit: str, lookup: str = "lookup", reserve_bytes: int = 0) -> Case:
    case, _ = cache.commit_case(
        a_case(visit), lookup_id=lookup, verification_code="0" * 16, at="t", reserve_bytes=reserve_bytes
    )
    return case


def told_by(program: str, folder: Path) -> list[str]:
    """Run Python text in a process of its own, which may limit itself, and return the words that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def key_of(folder: Path, source: KeySource = KeySource()) -> bytes:  # noqa: B008 - frozen
    """The key of the database below a state folder."""
    return unlock(folder / STORE, folder / STORE / DATABASE, folder / KEY, source).key
