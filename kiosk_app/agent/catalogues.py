"""The catalogue desk: which catalogue is in force, and how a newer one comes into force.

The first answer is quick: what is stored, else the seed as it is. Search initials are added afterwards,
away from the start, and kept. Central's catalogue is checked whole before it is switched; one that
cannot be used is refused and logged once, and the old one serves on.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from pydantic import ValidationError

from assets import seed_catalogue
from contract.catalogue import Catalogue
from kiosk_app.agent.store import Store
from kiosk_app.agent.worker import Worker
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.link.desk import CatalogueChanged, DeskEvent, DeskFault
from offline_cache.catalogue_store import Source, StoredCatalogue

_FROM_RELEASE: Final = 0
"""The version the sync request names while only the seed is in force: central's own is always newer."""


class NoSuchCatalogue(Exception):
    """The catalogue that central sent cannot be used; why was logged."""


class CatalogueDesk:
    """Holds the catalogue in force."""

    def __init__(
        self,
        store: Store,
        backroom: Worker,
        publish: Callable[[DeskEvent], None],
        seed: Callable[[], dict[str, Any]] = seed_catalogue,
    ) -> None:
        self._store = store
        self._backroom = backroom
        self._publish = publish
        self._seed = seed
        self._in_force: StoredCatalogue | None = None
        self._complete = False
        """Whether the one in force has its initials: what was stored always has."""
        self._opening = asyncio.Lock()
        self._refused: set[str] = set()
        self._wanted: asyncio.Future[int] | None = None
        """Done with the version when central sent its catalogue once more, as it was asked to."""

    @property
    def version_from_central(self) -> int:
        """The version to tell central."""
        if self._wanted is not None and not self._wanted.done():
            return _FROM_RELEASE
        held = self._in_force
        return held.catalogue.version if held is not None and held.source == "central" else _FROM_RELEASE

    async def in_force(self) -> Catalogue:
        """Return the catalogue in force; the seed serves also when the disk does not."""
        async with self._opening:
            if self._in_force is None:
                self._in_force = await self._open()
            return self._in_force.catalogue

    async def complete(self) -> None:
        """Add the initials where they are missing, keep them, and say so."""
        await self.in_force()
        held = self._in_force
        if held is None or self._complete:
            return
        await self._switch(held.source, held.digest, held.catalogue)

    def fetch_again(self) -> "asyncio.Future[int]":
        """Have the next sync bring central's catalogue, also if it is the one in force.

        Returns:
            Its version, when it came; `NoSuchCatalogue` when it cannot be used. Cancelled, it is wanted no more.
        """
        if self._wanted is None or self._wanted.done():
            self._wanted = asyncio.get_running_loop().create_future()
        return self._wanted

    async def offer(self, raw: Any) -> bool:
        """Switch to a catalogue that central sent, when it can be used; return whether it is in force."""
        version = raw.get("version") if isinstance(raw, dict) else None
        try:
            catalogue = Catalogue.model_validate(raw)
            await asyncio.wrap_future(self._backroom.submit(lambda: _check(catalogue)))
        except Exception as error:  # noqa: BLE001 - whatever it breaks on, it is the catalogue that is wrong
            self._refuse(version if isinstance(version, int) else None, error)
            if self._wanted is not None and not self._wanted.done():
                self._wanted.set_exception(NoSuchCatalogue())
            return False
        digest = _digest(catalogue)
        if self._in_force is None or self._in_force.digest != digest or self._in_force.source != "central":
            await self._switch("central", digest, catalogue)
        if self._wanted is not None and not self._wanted.done():
            self._wanted.set_result(catalogue.version)
        return True

    async def _open(self) -> StoredCatalogue:
        try:
            central = await self._store.call(lambda cache: cache.catalogue("central"))
            if central is not None:
                self._complete = True
                return central
            kept = await self._store.call(lambda cache: cache.catalogue("seed"))
        except DeskFault:
            kept = None
        seed = Catalogue.model_validate(self._seed())
        digest = _digest(seed)
        if kept is not None and kept.digest == digest:
            self._complete = True
            return kept
        return StoredCatalogue("seed", digest, seed)

    async def _switch(self, source: Source, digest: str, catalogue: Catalogue) -> None:
        complete = await asyncio.wrap_future(self._backroom.submit(lambda: _with_initials(catalogue)))
        stored = StoredCatalogue(source, digest, complete)
        try:
            await self._store.call(lambda cache: cache.put_catalogue(stored))
        except DeskFault:
            # The seed's initials can be made again; central's catalogue is in force when it is durable.
            if source == "central":
                raise
        if source == "seed" and self._in_force is not None and self._in_force.source == "central":
            return
        self._in_force, self._complete = stored, True
        log(LogEvent.CATALOGUE_CHANGED, version=complete.version)
        self._publish(CatalogueChanged(complete))

    def _refuse(self, version: int | None, error: Exception) -> None:
        reason = _reason(error)
        if f"{version} {reason}" not in self._refused:
            self._refused.add(f"{version} {reason}")
            log(LogEvent.CATALOGUE_REFUSED, version=version, error=reason)


def _digest(catalogue: Catalogue) -> str:
    return sha256(catalogue.model_dump_json().encode()).hexdigest()


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['type']}"
    return f"{type(error).__name__}: {error}"


def _check(catalogue: Catalogue) -> None:
    from kiosk_app.agent.rules import check  # noqa: PLC0415 - CEL loads on the worker, not at the start

    check(catalogue)


def _with_initials(catalogue: Catalogue) -> Catalogue:
    from kiosk_app.agent.initials import with_initials  # noqa: PLC0415 - half a second of pypinyin

    return with_initials(catalogue)
