"""A backup of the whole of central in one file, the same for every database, and its way back.

The file is a tar of tables as JSON lines, taken in one snapshot while servers go on, of the blobs, and of
a manifest with the hash of each; so what was backed up on SQLite can be restored on PostgreSQL. It holds
everything about citizens that central holds: keep it on an encrypted volume. Restoring refuses a database
that holds anything, and a file that is not whole.
"""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, MetaData, Table, func, inspect, select, text, update

from central import fleet_models, lives, models, ranges, schema
from central.base import Base
from central.blob_store import BlobStore
from central.clock import instant
from central.store import Store

FORMAT = 1
VERDICT_JUMP = 1_000_000
"""How far counting of verdicts goes ahead after a restore, behind whatever terminals were told since."""
_MANIFEST = "manifest.json"
_ROWS = 500
_TABLES = (models, fleet_models)  # importing them is what fills the metadata


class Unusable(Exception):
    """The backup or the database cannot be used for this; the message says why."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds."""

    revision: str
    rows: int
    blobs: int


def save(store: Store, files: BlobStore, target: Path, now: datetime) -> Saved:
    """Write a backup; `target` appears only when it is whole and on disk.

    Raises:
        OSError: it cannot be written.
    """
    hashes: dict[str, str] = {}
    rows: dict[str, int] = {}
    blobs = 0
    with tempfile.TemporaryDirectory(prefix=".kiosk-backup-", dir=target.parent) as folder:
        part = Path(folder) / target.name
        with tarfile.open(part, "w:gz", compresslevel=5) as tar, store.snapshot() as connection:
            for table in Base.metadata.sorted_tables:
                name = f"tables/{table.name}.jsonl"
                dumped = Path(folder) / "table"
                rows[table.name] = _dump(connection, table, dumped)
                hashes[name] = _add(tar, dumped, name)
            for kiosk, sha256 in connection.execute(select(fleet_models.BlobRow.kiosk_id, fleet_models.BlobRow.sha256)):
                place = files.place(kiosk, sha256)
                if place.exists():
                    hashes[f"blobs/{kiosk}/{sha256}"] = _add(tar, place, f"blobs/{kiosk}/{sha256}")
                    blobs += 1
            revision = schema.head()
            manifest = {
                "format": FORMAT, "revision": revision, "at": instant(now), "rows": rows, "sha256": hashes
            }  # fmt: skip
            content = json.dumps(manifest).encode()
            entry = tarfile.TarInfo(_MANIFEST)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        part.chmod(0o600)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    return Saved(revision, sum(rows.values()), blobs)


def restore(store: Store, files: BlobStore, source: Path, now: datetime) -> Saved:
    """Bring a backup into an empty database, and both up to this release's schema, all of it or nothing.

    Raises:
        Unusable: the database holds something, or the backup is not whole or of a later release.
        OSError: the backup cannot be read.
    """
    schema.prepare(store)
    with store.engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise Unusable("the database is not empty; restore into a new one")
    with tempfile.TemporaryDirectory(prefix=".kiosk-restore-", dir=source.parent) as folder:
        unpacked = Path(folder)
        manifest = _unpack(source, unpacked)
        if manifest["revision"] not in schema.revisions():
            raise Unusable("the backup is of a later release")
        blobs = _bring_blobs(files, unpacked / "blobs")
        with store.connected_to_migrate() as connection:
            schema.upgrade(connection, manifest["revision"])
            rows = _load(connection, unpacked / "tables")
            schema.upgrade(connection, "head")
    after_restore(store, now)
    return Saved(schema.head(), rows, blobs)


def after_restore(store: Store, now: datetime) -> None:
    """Make a database that was set back safe to go on with: nothing that terminals were told since is told anew.

    Central does not know any more which turn each installation has, which numbers were leased and which
    verdicts were told since the backup; so any turn is taken once, and counting goes on far ahead.
    """
    with store.writing() as session:
        session.execute(update(models.Installation).values(turn=lives.ANY_TURN, turn_before=None))
        session.execute(update(models.Kiosk).values(verdicts=models.Kiosk.verdicts + VERDICT_JUMP))
        ranges.jump_ahead(session, now)


def _dump(connection: Connection, table: Table, file: Path) -> int:
    rows = 0
    with file.open("w", encoding="utf-8") as opened:
        result = connection.execution_options(stream_results=True, yield_per=_ROWS).execute(select(table))
        for row in result.mappings():
            opened.write(json.dumps(dict(row), ensure_ascii=False) + "\n")
            rows += 1
    return rows


def _add(tar: tarfile.TarFile, file: Path, name: str) -> str:
    tar.add(file, name, recursive=False, filter=_anonymous)
    return _digest(file)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup and hold every file against the manifest."""
    try:
        with tarfile.open(source, "r:gz") as tar:
            # Debian 12's Python has no extraction filters yet: what is no plain file inside the folder is refused.
            for entry in tar.getmembers():
                if not entry.isfile() or entry.name.startswith("/") or ".." in Path(entry.name).parts:
                    raise Unusable("the backup holds what no backup of ours holds")
                tar.extract(entry, folder, set_attrs=False)
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_bytes())
        hashes: dict[str, str] = manifest["sha256"]
        if manifest["format"] != FORMAT:
            raise Unusable("the backup is of another format")
        whole = all(_digest(folder / name) == digest for name, digest in hashes.items())
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError):
        raise Unusable("the backup is not whole") from None
    if not whole:
        raise Unusable("the backup is not whole")
    return manifest


def _bring_blobs(files: BlobStore, folder: Path) -> int:
    found = sorted(folder.glob("*/*")) if folder.exists() else []
    for blob in found:
        with files.receiving(blob.parent.name, blob.name) as arriving:
            arriving.empty()
            arriving.add(blob.read_bytes())
            if not arriving.finish(blob.name):
                raise Unusable("the backup is not whole")
    return len(found)


def _load(connection: Connection, folder: Path) -> int:
    """Fill the tables of whatever revision the database has."""
    metadata = MetaData()
    metadata.reflect(connection)
    rows = 0
    for table in metadata.sorted_tables:
        file = folder / f"{table.name}.jsonl"
        if not file.exists():
            continue
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
        for batch in _batches(file):
            connection.execute(table.insert(), batch)
            rows += len(batch)
        _count_on(connection, table)
    return rows


def _batches(file: Path) -> Iterator[list[dict[str, Any]]]:
    with file.open(encoding="utf-8") as opened:
        batch = []
        for line in opened:
            batch.append(json.loads(line))
            if len(batch) == _ROWS:
                yield batch
                batch = []
        if batch:
            yield batch


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows behind those that were brought; SQLite does by itself."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": table.name})
    last = connection.scalar(select(func.max(table.columns["id"])))
    if sequence is not None and last is not None:
        connection.execute(text("SELECT setval(:s, :n)"), {"s": sequence, "n": last})
