"""Files on their way to central: by hash, piece by piece, going on after a cut at the byte that central holds.

What central has is what central says and nothing else. A file that cannot go now holds up neither the next
one nor any event; one that is gone or damaged here is given up and owned up to. Content is in memory for a
piece at a time and never in a log.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from kiosk_app.agent.exchange import Answer, CentralTrouble
from kiosk_app.agent.line import Line
from kiosk_app.agent.store import Store
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from offline_cache.blobs import Parcel
from offline_cache.trouble import AttachmentMissing

_LARGEST: Final = 1024 * 1024
_SMALLEST: Final = 64 * 1024
_AT_ONCE: Final = 20
_CUTS: Final = 8
"""So often in a row an upload may be cut before it is left for the next round; each goes on where the last ended."""
_BUSY_S: Final = 0.2
"""Central notices a cut line later than we do and still holds the file for it."""

Read = Callable[[int, int], Awaitable[bytes]]
"""Returns content from an offset, at most so many bytes."""


class Parcels:
    """Sends files. Used on the agent's loop."""

    def __init__(self, store: Store, line: Line, *, request_s: float) -> None:
        self._store = store
        self._line = line
        self._request_s = request_s
        self._piece = _LARGEST
        self._sending = asyncio.Lock()
        self._held_up = ""
        self.gone: tuple[str, ...] = ()
        """Hashes that central waits for in vain."""

    async def deliver(self, begun: Callable[[], None] = lambda: None) -> bool:
        """Send the files of committed cases, the oldest first; return whether there were any.

        `begun` is called when there are. One that cannot go now is tried again the next time.
        """
        any_files = False
        while True:
            batch = await self._store.call(lambda cache: cache.blobs.to_send(_AT_ONCE))
            if batch:
                any_files = True
                begun()
            trouble = await self._deliver_all(batch)
            said = str(trouble) if trouble is not None else ""
            if trouble is not None and said != self._held_up:
                log(LogEvent.ATTACHMENT_HELD_UP, fault=trouble.fault.code, detail=trouble.fault.detail or None)
            self._held_up = said
            if trouble is not None or len(batch) < _AT_ONCE:
                return any_files

    async def _deliver_all(self, batch: tuple[Parcel, ...]) -> CentralTrouble | None:
        trouble: CentralTrouble | None = None
        for parcel in batch:
            try:
                await self._deliver(parcel)
            except AttachmentMissing:
                log(LogEvent.ATTACHMENT_LOST, case=parcel.case_id)
                await self._store.call(lambda cache, lost=parcel: cache.blobs.give_up(lost.case_id, lost.sha256))  # type: ignore[misc] # bound now
            except CentralTrouble as refused:
                trouble = refused
                if refused.status is None or refused.fault.code == "central.refused":
                    break  # the line is down or nobody lets us in: the others would fare no better
        return trouble

    async def wanted(self, hashes: tuple[str, ...]) -> None:
        """Hear which files central lacks; those that are still here go again, the others are owned up to."""
        self.gone = await self._store.call(lambda cache: cache.blobs.wanted(hashes)) if hashes else ()

    async def upload(self, sha256: str, size: int, read: Read) -> None:
        """Send one file, going on after every cut.

        Raises:
            CentralTrouble: it did not go through, or central has no use for it.
        """
        async with self._sending:
            held, cuts = 0, 0
            asked = size <= _SMALLEST  # a small one is sent at once: it costs no more than the question
            while True:
                try:
                    if not asked:
                        held, whole = await self._held(sha256)
                        asked = True
                        if whole:
                            return
                    before = held
                    # A central that was stopped before it checked the whole is told that these are all its bytes.
                    piece = await read(held, min(self._piece, size - held)) if held < size else b""
                    held, whole = await self._send(sha256, size, held, piece)
                    if whole:
                        return
                    cuts = 0 if held > before else cuts + 1
                    self._piece = min(_LARGEST, self._piece * 2)
                    if cuts < _CUTS:
                        continue
                    raise CentralTrouble("central.broken", "an upload that does not move")
                except CentralTrouble as trouble:
                    cuts += 1
                    if cuts >= _CUTS or not _goes_on(trouble):
                        raise
                    if trouble.status is None:
                        self._piece = max(_SMALLEST, self._piece // 2)
                    if trouble.problem.word == "busy":
                        await asyncio.sleep(_BUSY_S)
                    asked = False

    async def _deliver(self, parcel: Parcel) -> None:
        async def read(offset: int, length: int) -> bytes:
            return await self._store.call(lambda cache: cache.blobs.read(parcel.case_id, parcel.sha256, offset, length))

        if parcel.size:  # an empty file is there by its name alone
            await self.upload(parcel.sha256, parcel.size, read)
        await self._store.call(lambda cache: cache.blobs.sent(parcel.case_id, parcel.sha256, parcel.size))
        log(LogEvent.ATTACHMENT_DELIVERED, case=parcel.case_id, bytes=parcel.size)

    async def _held(self, sha256: str) -> tuple[int, bool]:
        """Ask how much of a file central holds, and whether that is all."""
        answer = await self._line.ask(lambda central: central.head(f"/v1/blobs/{sha256}", seconds=self._request_s))
        return (0, False) if answer.status == 404 else _progress(answer)

    async def _send(self, sha256: str, size: int, first: int, piece: bytes) -> tuple[int, bool]:
        answer = await self._line.ask(
            lambda central: central.put_part(
                f"/v1/blobs/{sha256}", piece, first=first, total=size, seconds=self._request_s
            )
        )
        return _progress(answer)


def _progress(answer: Answer) -> tuple[int, bool]:
    offset = answer.headers.get("Upload-Offset", "")
    if not (offset.isascii() and offset.isdecimal()):
        raise CentralTrouble("central.broken", "no progress told", answer.status)
    return int(offset), answer.headers.get("Upload-Complete") == "?1"


def _goes_on(trouble: CentralTrouble) -> bool:
    """Whether an upload may go on at once, from where central says."""
    if trouble.status is None:
        return trouble.fault.code in {"central.unreachable", "central.timed_out"}
    return trouble.problem.word in {"wrong-offset", "wrong-hash", "busy"}
