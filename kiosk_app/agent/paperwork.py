"""Paperwork: the document of a case, made on the press, the one thread that typesets.

A document exists for the rest of the agent when its `CaseRendered` event is durable. The code that
verifies it is made before the case is committed, so that one case never has two. Libraries load on the
press, never on the loop and never before the first frame.
"""

import asyncio
from typing import TYPE_CHECKING, Protocol

from contract.cases import Case, CaseRendered
from contract.catalogue import Catalogue, Hall
from contract.documents import DocumentTemplate, IssuedDocument
from contract.text import Text
from kiosk_app.agent.store import Store
from kiosk_app.agent.worker import Worker
from kiosk_app.base.clock import Clock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log

if TYPE_CHECKING:
    from kiosk_app.documents.render import RenderedDocument


class DocumentMaker(Protocol):
    """What is needed of `kiosk_app.documents.render.Renderer`."""

    def warm(self) -> None: ...

    def render(
        self,
        template: DocumentTemplate,
        case: Case,
        hall: Hall,
        codes: dict[str, dict[str, Text]],
        *,
        verification_code: str,
        verify_url: str,
        issued_at: str,
    ) -> "RenderedDocument": ...


class Paperwork:
    """Makes documents and their codes."""

    def __init__(self, renderer: DocumentMaker, press: Worker, store: Store, clock: Clock, verify_url: str) -> None:
        self._renderer = renderer
        self._press = press
        self._store = store
        self._clock = clock
        self._verify_url = verify_url

    async def warm(self) -> None:
        """Load everything that the first document would wait for."""
        await asyncio.wrap_future(self._press.submit(self._renderer.warm))
        await self.new_code()

    async def new_code(self) -> str:
        """Return a fresh verification code."""
        return await asyncio.wrap_future(self._press.submit(_new_code))

    async def make(
        self, case: Case, catalogue: Catalogue, template_id: str, code: str, *, recorded: bool = False
    ) -> "RenderedDocument":
        """Typeset the document and record that it exists, unless an earlier process `recorded` it.

        Raises:
            kiosk_app.documents.render.DocumentFailed: it cannot be made.
            DeskFault: ``storage.*``; it may not be printed.
        """
        began = self._clock.monotonic()
        template = catalogue.template(template_id)
        document = await asyncio.wrap_future(
            self._press.submit(
                lambda: self._renderer.render(
                    template,
                    case,
                    catalogue.hall,
                    catalogue.codes,
                    verification_code=code,
                    verify_url=self._verify_url,
                    issued_at=case.committed_at,
                )
            )
        )
        issued = IssuedDocument(
            case_id=case.case_id,
            template=template.id,
            template_version=template.version,
            title=template.title,
            verification_code=code,
            sha256=document.sha256,
            pages=document.pages,
            issued_at=case.committed_at,
            facts=document.facts,
        )
        if recorded:
            await self._same_as_recorded(issued)
        else:
            await self._store.record(CaseRendered(document=issued))
        log(
            LogEvent.CASE_RENDERED,
            case=case.case_id,
            template=template.id,
            pages=document.pages,
            ms=round((self._clock.monotonic() - began) * 1000),
        )
        return document

    async def _same_as_recorded(self, issued: IssuedDocument) -> None:
        """See that the paper made again is the one that exists already, to the last byte.

        Raises:
            kiosk_app.documents.render.DocumentFailed: it is another.
        """
        from kiosk_app.documents.render import DocumentFailed  # noqa: PLC0415 - loaded by the press

        known = await self._store.call(lambda cache: cache.document(issued.case_id))
        if known is None or known.sha256 != issued.sha256:
            raise DocumentFailed(issued.template, "made again, it is another document")


def _new_code() -> str:
    from kiosk_app.documents.marks import new_verification_code  # noqa: PLC0415 - loads the QR library

    return new_verification_code()
