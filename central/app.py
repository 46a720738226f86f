"""The application: routes onto desks, nothing else.

Endpoints that touch the database are plain functions, which the framework runs in worker threads. The
interface is versioned under ``/v1`` and described at ``/openapi.json``; there is no interactive
documentation, since its scripts would come from elsewhere.
"""

import time
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Annotated

from fastapi import FastAPI, Header, Path, Request, Response
from starlette.background import BackgroundTask

from central import incoming, openapi, pages, problems, schema, uploads
from central.auth import Caller, Signed
from central.blob_store import BlobStore
from central.blobs import BlobDesk, Part
from central.bodies import JsonBody
from central.catalogue import CatalogueShelf
from central.clock import Clock, utc_now
from central.connectors.demonstration import DemonstrationRegisters
from central.connectors.issued import IssuedDocuments
from central.documents import DocumentDesk, PublicDocument
from central.enrolment import EnrolmentDesk
from central.guard import Guard
from central.lookups import LookupDesk
from central.openapi import BLOB_HEADERS, BODY, SIGNED, takes
from central.problems import Kind, Refused, documented
from central.rates import RateLimit
from central.signing import SigningKey
from central.store import Store
from central.sync import SyncDesk
from contract.enrolment import Enrolment, EnrolRequest, RotateRequest
from contract.lookups import LookupAnswer, LookupRequest
from contract.model import Value
from contract.sync import SyncReply, SyncRequest

BlobName = Annotated[
    str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the whole blob.", examples=["ab" * 32])
]


class Alive(Value):
    """The server answers."""

    status: str = "ok"


@dataclass(frozen=True, slots=True)
class Files:
    """What a server has besides its database: a folder of blobs, and the key that it signs answers with."""

    blobs: Folder
    answer_key: SigningKey


def create_app(store: Store, sync_every_s: float, files: Files, clock: Clock = utc_now) -> FastAPI:
    """Return the application on an open store. It must be served after `schema.is_current`."""
    app = FastAPI(
        title="Kiosk central", version="1", docs_url=None, redoc_url=None, generate_unique_id_function=openapi.name_of
    )
    shelf = CatalogueShelf()
    app.state.store, app.state.clock = store, clock
    app.state.sync = SyncDesk(store, shelf, clock, sync_every_s)
    app.state.enrolment = EnrolmentDesk(
        store, clock, RateLimit(time.monotonic, burst=10, per_minute=10), files.answer_key
    )
    app.state.blobs = BlobDesk(store, BlobStore(files.blobs), clock)
    documents = DocumentDesk(store, shelf, RateLimit(time.monotonic))
    registers = (IssuedDocuments(documents), DemonstrationRegisters(store))
    app.state.documents = documents
    app.state.lookups = LookupDesk(store, shelf, clock, registers, files.answer_key)
    problems.install(app)
    _add_terminals(app)
    _add_identities(app)
    _add_blobs(app)
    _add_public(app)
    app.include_router(pages.router)
    app.mount("/static", pages.static_files)
    app.add_middleware(Guard)
    app.openapi = lambda: openapi.described(app)  # type: ignore[method-assign] # FastAPI's documented way
    return app


def _add_terminals(app: FastAPI) -> None:
    @app.post(
        "/v1/sync",
        summary="Deliver a terminal's events and hear what is new",
        tags=["terminals"],
        responses=documented(
            *SIGNED,
            *BODY,
            Kind.WRONG_KIOSK,
            Kind.WRONG_INSTALLATION,
            Kind.COPIED_INSTALLATION,
            Kind.WRONG_PROTOCOL,
            Kind.SEQUENCE_CONFLICT,
        ),
        response_model=SyncReply,
        openapi_extra=takes(SyncRequest),
    )
    def sync(request: Request, caller: Caller, body: JsonBody) -> Response:
        desk: SyncDesk = request.app.state.sync
        delivery = body.read(incoming.read)
        reply = desk.receive(caller, delivery)
        # Written here: the framework would check each of many verdicts again, and take it apart first.
        content = reply.model_dump_json(exclude_unset=True)
        return Response(content, media_type="application/json", background=BackgroundTask(_let_go, delivery))

    @app.post(
        "/v1/lookups",
        summary="Ask a register about an applicant, or about the code of a document",
        tags=["terminals"],
        responses=documented(*SIGNED, *BODY, Kind.UNKNOWN_ITEM, Kind.UNKNOWN_REGISTER, Kind.REGISTER_UNAVAILABLE),
        openapi_extra=takes(LookupRequest),
    )
    def look_up(request: Request, caller: Caller, body: JsonBody) -> LookupAnswer:
        desk: LookupDesk = request.app.state.lookups
        return desk.ask(caller.kiosk, body.parse(LookupRequest))


async def _let_go(_delivery: object) -> None:
    """Do nothing, behind the answer: what the request brought is let go of only here, which takes milliseconds."""


def _add_identities(app: FastAPI) -> None:
    @app.post(
        "/v1/enrol",
        summary="Exchange a one-time code for an identity; signed with the key that is shown",
        tags=["identity"],
        responses=documented(
            Kind.NO_SIGNATURE,
            Kind.BAD_SIGNATURE,
            Kind.CLOCK_SKEW,
            *BODY,
            Kind.BAD_CODE,
            Kind.KEY_TAKEN,
            Kind.TOO_MANY,
        ),
        openapi_extra=takes(EnrolRequest) | {"security": [{"terminal": []}]},
    )
    def enrol(request: Request, signed: Signed, body: JsonBody) -> Enrolment:
        desk: EnrolmentDesk = request.app.state.enrolment
        address = request.client.host if request.client else ""
        return desk.enrol(body.parse(EnrolRequest), *signed, address)

    @app.post(
        "/v1/keys",
        summary="Give a terminal its next key; signed with the present one",
        tags=["identity"],
        responses=documented(*SIGNED, *BODY, Kind.KEY_TAKEN),
        openapi_extra=takes(RotateRequest),
    )
    def rotate(request: Request, caller: Caller, body: JsonBody) -> Enrolment:
        desk: EnrolmentDesk = request.app.state.enrolment
        return desk.rotate(caller, body.parse(RotateRequest))


def _add_blobs(app: FastAPI) -> None:
    @app.head(
        "/v1/blobs/{sha256}",
        summary="Tell how much of a blob is held",
        tags=["blobs"],
        response_class=Response,
        responses=documented(*SIGNED, Kind.UNKNOWN_BLOB, Kind.NOT_UNDERSTOOD)
        | {200: {"description": "This much is held.", "headers": BLOB_HEADERS}},
    )
    def held(request: Request, caller: Caller, sha256: BlobName) -> Response:
        desk: BlobDesk = request.app.state.blobs
        size, whole = desk.held(caller.kiosk, sha256)
        return uploads.progress(size, whole=whole, status=200)

    @app.put(
        "/v1/blobs/{sha256}",
        summary="Upload a part of a blob, behind what is held",
        tags=["blobs"],
        response_class=Response,
        status_code=201,
        responses=documented(
            *SIGNED,
            Kind.NOT_UNDERSTOOD,
            Kind.TOO_LARGE,
            Kind.WRONG_OFFSET,
            Kind.BLOB_BUSY,
            Kind.WRONG_HASH,
            Kind.NO_SPACE,
        )
        | {
            200: {"description": "The blob was held whole already.", "headers": BLOB_HEADERS},
            201: {"description": "The blob is held whole, and its hash is right.", "headers": BLOB_HEADERS},
            202: {"description": "The part is held; more is missing.", "headers": BLOB_HEADERS},
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "description": "The part's bytes.",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def put(
        request: Request,
        caller: Caller,
        sha256: BlobName,
        content_range: Annotated[
            str,
            Header(
                pattern=r"^bytes (\d{1,12}-\d{1,12}|\*)/\d{1,12}$",
                description="Which bytes of the whole the body holds; `*`, with an empty body, when all are held "
                "already but were never checked, since central was stopped at that moment.",
                examples=["bytes 0-1023/1024", "bytes */1024"],
            ),
        ],
    ) -> Response:
        return await uploads.receive(request, request.app.state.blobs, caller.kiosk, sha256, Part.read(content_range))


def _add_public(app: FastAPI) -> None:
    @app.get(
        "/v1/documents/{code}",
        summary="Tell what was issued under a verification code",
        tags=["public"],
        responses=documented(Kind.UNKNOWN_DOCUMENT, Kind.MALFORMED_CODE, Kind.TOO_MANY),
    )
    def document(
        request: Request,
        code: Annotated[str, Path(max_length=80, description="As typed or scanned.", examples=["K7QW-2M9X-R4TB-8ZCN"])],
    ) -> PublicDocument:
        desk: DocumentDesk = request.app.state.documents
        return desk.find(code, request.client.host if request.client else "")

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
