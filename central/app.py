"""The application: routes onto desks, nothing else.

Endpoints that touch the database are plain functions, which the framework runs in worker threads. The
interface is versioned under ``/v1`` and described at ``/openapi.json``; there is no interactive
documentation, since its scripts would come from elsewhere.
"""

import time
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from central import pages, problems, schema
from central.auth import Caller
from central.bodies import JsonBody
from central.catalogue import CatalogueShelf
from central.clock import utc_now
from central.connectors.demonstration import DemonstrationRegisters
from central.connectors.issued import IssuedDocuments
from central.documents import DocumentDesk, PublicDocument
from central.guard import Guard
from central.inbox import IncomingBatch
from central.lookups import LookupDesk
from central.problems import Kind, Problem, Refused, documented
from central.rates import RateLimit
from central.store import Store
from central.sync import SyncDesk
from contract.lookups import LookupAnswer, LookupRequest
from contract.model import Value
from contract.sync import SyncReply, SyncRequest

_DESCRIPTION = "What terminals deliver and ask, and what anybody may check. Refusals are problem details (RFC 9457)."
_BODY = (Kind.NOT_UNDERSTOOD, Kind.NO_TOKEN, Kind.TOO_LARGE, Kind.WRONG_ENCODING)


class Alive(Value):
    """The server answers."""

    status: str = "ok"


def create_app(store: Store, sync_every_s: float) -> FastAPI:
    """Return the application on an open store. It must be served after `schema.is_current`."""
    app = FastAPI(title="Kiosk central", version="1", docs_url=None, redoc_url=None)
    shelf = CatalogueShelf()
    app.state.store = store
    app.state.sync = SyncDesk(store, shelf, utc_now, sync_every_s)
    documents = DocumentDesk(store, shelf, RateLimit(time.monotonic))
    registers = (IssuedDocuments(documents), DemonstrationRegisters(store))
    app.state.documents = documents
    app.state.lookups = LookupDesk(store, shelf, utc_now, registers)
    problems.install(app)
    _add_interface(app)
    _add_probes(app)
    app.include_router(pages.router)
    app.mount("/static", pages.static_files)
    app.add_middleware(Guard)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign] # FastAPI's documented way
    return app


def _add_interface(app: FastAPI) -> None:
    @app.post(
        "/v1/sync",
        summary="Deliver a terminal's events and hear what is new",
        tags=["terminals"],
        responses=documented(
            *_BODY, Kind.WRONG_KIOSK, Kind.WRONG_INSTALLATION, Kind.WRONG_PROTOCOL, Kind.SEQUENCE_CONFLICT
        ),
        openapi_extra=_takes(SyncRequest),
    )
    def sync(request: Request, caller: Caller, body: JsonBody) -> SyncReply:
        desk: SyncDesk = request.app.state.sync
        return desk.receive(caller, body.parse(IncomingBatch))

    @app.post(
        "/v1/lookups",
        summary="Ask a register about an applicant, or about the code of a document",
        tags=["terminals"],
        responses=documented(*_BODY, Kind.UNKNOWN_ITEM, Kind.UNKNOWN_REGISTER, Kind.REGISTER_UNAVAILABLE),
        openapi_extra=_takes(LookupRequest),
    )
    def look_up(request: Request, caller: Caller, body: JsonBody) -> LookupAnswer:
        desk: LookupDesk = request.app.state.lookups
        return desk.ask(caller, body.parse(LookupRequest))

    @app.get(
        "/v1/documents/{code}",
        summary="Tell what was issued under a verification code",
        tags=["public"],
        responses=documented(Kind.UNKNOWN_DOCUMENT, Kind.MALFORMED_CODE, Kind.TOO_MANY),
    )
    def document(
        request: Request, code: Annotated[str, Path(max_length=80, description="As typed or scanned.")]
    ) -> PublicDocument:
        desk: DocumentDesk = request.app.state.documents
        return desk.find(code, request.client.host if request.client else "")


def _add_probes(app: FastAPI) -> None:
    @app.get("/healthz", summary="Tell that the server runs", tags=["probes"])
    async def healthy() -> Alive:
        return Alive()

    @app.get(
        "/readyz",
        summary="Tell that the database can be used",
        tags=["probes"],
        responses=documented(Kind.NOT_MIGRATED),
    )
    def ready(request: Request) -> Alive:
        if not schema.is_current(request.app.state.store):
            raise Refused(Kind.NOT_MIGRATED)
        return Alive()


def _takes(model: type[BaseModel]) -> dict[str, Any]:
    reference = {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}
    description = "JSON, plain or with `Content-Encoding: gzip`."
    return {"requestBody": {"required": True, "description": description, "content": {"application/json": reference}}}


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the bodies that routes read themselves and the problem they answer with."""
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, routes=app.routes, description=_DESCRIPTION)
        _, extra = models_json_schema(
            [(SyncRequest, "validation"), (LookupRequest, "validation"), (Problem, "serialization")],
            ref_template="#/components/schemas/{model}",
        )
        schemas: dict[str, Any] = described.setdefault("components", {}).setdefault("schemas", {})
        schemas.update({name: known for name, known in extra["$defs"].items() if name not in schemas})
        app.openapi_schema = described
    return app.openapi_schema
