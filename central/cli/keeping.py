"""``purge``, ``backup``, ``restore``, ``after-restore``: what is kept, and what must never be lost."""

import argparse
from pathlib import Path

from central import backup
from central.blob_store import BlobStore
from central.cli.common import EXAMPLE_DATABASE, Adds, Failed, blob_folder, days, migrated, opened, say, shown
from central.clock import utc_now
from central.retention import Terms, purge


def add_to(add: Adds) -> None:
    terms = Terms()
    purging = add("purge", _purge, "Forget what was kept long enough.", f"{EXAMPLE_DATABASE} --dry-run")
    for name, term, what in (
        ("--case-days", terms.case, "applicants, events' bodies and files of cases"),
        ("--paper-days", terms.issued, "what the verification page shows"),
        ("--access-days", terms.access, "who was asked about, and the audit of orders"),
        ("--terminal-days", terms.terminals, "health, leases, codes"),
    ):
        purging.add_argument(name, metavar="N", type=days, default=term, help=f"{what}: kept {term.days} days")
    purging.add_argument("--dry-run", action="store_true", help="only count")
    saving = add("backup", _backup, "Write everything into one file, while servers go on.", f"{EXAMPLE_DATABASE} FILE")
    saving.add_argument("file", metavar="FILE", type=Path, help="replaced only when the new one is whole")
    restoring = add("restore", _restore, "Bring a backup into an empty database.", f"{EXAMPLE_DATABASE} FILE")
    restoring.add_argument("file", metavar="FILE", type=Path, help="what backup wrote, on any database")
    add(
        "after-restore",
        _after_restore,
        "Make a database safe that the database's own tools set back (restore does it by itself).",
        EXAMPLE_DATABASE,
    )


def _purge(options: argparse.Namespace) -> None:
    terms = Terms(options.case_days, options.paper_days, options.access_days, options.terminal_days)
    with migrated(options) as store:
        forgotten = purge(store, BlobStore(blob_folder(options)), terms, utc_now(), dry_run=options.dry_run)
    counts = forgotten.counts()
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    say(options, {"dry_run": options.dry_run, **counts}, f"{'would forget' if options.dry_run else 'forgot'} {told}")


def _backup(options: argparse.Namespace) -> None:
    with migrated(options) as store:
        saved = backup.save(store, BlobStore(blob_folder(options)), options.file.absolute(), utc_now())
    say(
        options,
        {"file": str(options.file), "revision": saved.revision, "rows": saved.rows, "blobs": saved.blobs},
        f"{options.file}: {saved.rows} rows and {saved.blobs} blobs at revision {saved.revision}",
    )


def _restore(options: argparse.Namespace) -> None:
    with opened(options) as store:
        try:
            brought = backup.restore(store, BlobStore(blob_folder(options)), options.file.absolute(), utc_now())
        except backup.Unusable as problem:
            raise Failed(f"{options.file}: {problem}") from None
    say(
        options,
        {"revision": brought.revision, "rows": brought.rows, "blobs": brought.blobs},
        f"{shown(options.database)}: {brought.rows} rows and {brought.blobs} blobs at revision {brought.revision}",
    )


def _after_restore(options: argparse.Namespace) -> None:
    with migrated(options) as store:
        backup.after_restore(store, utc_now())
    say(options, {"done": True}, "terminals may send again what this database forgot")
