"""What central's orders come down to on this terminal: each a few lines, none takes anything from the order itself.

A picture of the screen is taken by the screen's own process, and only of the page that invites. Log lines are
read once more against the list of what may be logged before they leave the machine.
"""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from contract.ids import new_id
from kiosk_app.agent.catalogues import CatalogueDesk, NoSuchCatalogue
from kiosk_app.agent.commands import CannotBeDone
from kiosk_app.agent.exchange import CentralTrouble
from kiosk_app.agent.parcels import Parcels
from kiosk_app.agent.worker import in_thread
from kiosk_app.base.log_excerpt import excerpt
from kiosk_app.link.desk import DeskEvent, Restarting, Screenshot, ScreenshotWanted, ServiceChanged

_CATALOGUE_S: Final = 120.0
_PICTURE_S: Final = 15.0
_AGAIN_S: Final = 2.0


class TerminalDeeds:
    """Carries orders out. Used on the agent's loop."""

    def __init__(
        self,
        *,
        idle: Callable[[], Awaitable[bool]],
        catalogues: CatalogueDesk,
        parcels: Parcels,
        log_file: Path,
        publish: Callable[[DeskEvent], None],
        sync_now: Callable[[], None],
        restart: Callable[[], None] | None,
        goodbye_s: float = 30.0,
    ) -> None:
        """Compose.

        Args:
            idle: whether nobody is here.
            catalogues: whom to ask for the catalogue.
            parcels: who sends files.
            log_file: what is collected.
            publish: tells screens.
            sync_now: has central asked at once.
            restart: ends the terminal's processes in order, this one last; None where nobody starts them again.
            goodbye_s: how long the screen may take to invite again after a visit.
        """
        self._idle = idle
        self._catalogues = catalogues
        self._parcels = parcels
        self._log_file = log_file
        self._publish = publish
        self._sync_now = sync_now
        self._restart = restart
        self._goodbye_s = goodbye_s
        self._pictures: dict[str, asyncio.Future[bytes | None]] = {}

    async def idle(self) -> bool:
        return await self._idle()

    async def refresh(self) -> str:
        wanted = self._catalogues.fetch_again()
        self._sync_now()
        try:
            async with asyncio.timeout(_CATALOGUE_S):
                return f"catalogue {await wanted}"
        except TimeoutError:
            raise CannotBeDone("no catalogue came") from None
        except NoSuchCatalogue:
            raise CannotBeDone("the catalogue cannot be used") from None

    async def logs(self) -> str:
        try:
            content = await asyncio.wrap_future(in_thread("agent-excerpt", lambda: _packed_log(self._log_file)))
        except OSError:
            raise CannotBeDone("the log cannot be read") from None
        return await self._send(content)

    async def screenshot(self) -> str:
        end = asyncio.get_running_loop().time() + self._goodbye_s
        while (png := await self._picture()) is None:
            if asyncio.get_running_loop().time() >= end:
                raise CannotBeDone("somebody is here")
            await asyncio.sleep(_AGAIN_S)
        return await self._send(png)

    async def _picture(self) -> bytes | None:
        """Ask the screen; None when it shows another page than the one that invites."""
        number = new_id()
        picture: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._pictures[number] = picture
        self._publish(ScreenshotWanted(number))
        try:
            async with asyncio.timeout(_PICTURE_S):
                return await picture
        except TimeoutError:
            raise CannotBeDone("no screen answered") from None
        finally:
            del self._pictures[number]

    def took(self, picture: Screenshot) -> None:
        """Hear the screen's picture; one that nobody waits for is dropped."""
        waiting = self._pictures.get(picture.number)
        if waiting is not None and not waiting.done():
            waiting.set_result(picture.png)

    def serve(self, in_service: bool) -> None:
        self._publish(ServiceChanged(in_service))

    def restart(self) -> None:
        if self._restart is None:
            raise CannotBeDone("nobody would start it again")
        self._publish(Restarting())
        self._restart()

    async def _send(self, content: bytes) -> str:
        async def read(offset: int, length: int) -> bytes:
            return content[offset : offset + length]

        digest = sha256(content).hexdigest()
        try:
            await self._parcels.upload(digest, len(content), read)
        except CentralTrouble as trouble:
            raise CannotBeDone(trouble.fault.code) from None
        return digest


def _packed_log(file: Path) -> bytes:
    return gzip.compress(excerpt(file), mtime=0)
