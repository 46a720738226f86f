"""Which catalogue is in force: central's newest, else the seed that the release brought.

A catalogue is switched in one transaction, so that a power cut leaves the old or the new one. One that
this release cannot read any more is not used and not deleted; the seed serves until central sends
another. `digest` is of the catalogue as it came, before the terminal added search initials to it.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from contract.catalogue import Catalogue
from offline_cache.database import Database

Source = Literal["seed", "central"]


@dataclass(frozen=True, slots=True)
class StoredCatalogue:
    """A catalogue with where it came from and the digest of what came."""

    source: Source
    digest: str
    catalogue: Catalogue


class CatalogueStore:
    """The table `catalogues`: one row a source."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, source: Source) -> StoredCatalogue | None:
        """Return what is stored of that source, or None when there is nothing that this release can read."""
        row = self._database.row("SELECT digest, body FROM catalogues WHERE source = ?", source)
        if row is None:
            return None
        try:
            return StoredCatalogue(source, str(row[0]), Catalogue.model_validate_json(row[1]))
        except ValidationError:
            return None

    def store(self, stored: StoredCatalogue) -> None:
        """Put a catalogue in force within the caller's transaction."""
        self._database.run(
            "INSERT INTO catalogues (source, version, digest, body) VALUES (?, ?, ?, ?) ON CONFLICT (source)"
            " DO UPDATE SET version = excluded.version, digest = excluded.digest, body = excluded.body",
            *(stored.source, stored.catalogue.version, stored.digest, stored.catalogue.model_dump_json()),
        )
