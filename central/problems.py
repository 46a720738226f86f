"""Refusals as problem details (RFC 9457), each of a registered kind.

A problem says what the caller did and can do; it never quotes the request back, names a file or shows
a message of the database. Whatever nobody foresaw is `Kind.BROKEN` and tells nothing more.
"""

from enum import Enum
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from central.logs import LogEvent, log, where
from central.store import DatabaseReplaced
from contract.model import Value

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5


class Kind(Enum):
    """Every kind of problem: the last part of its type, its status and its title."""

    NOT_UNDERSTOOD = ("not-understood", 422, "The request does not fit the interface")
    NO_SIGNATURE = ("no-signature", 401, "The request must be signed with a terminal's key")
    BAD_SIGNATURE = ("bad-signature", 401, "The signature is not the key's, or the body is not what was signed")
    CLOCK_SKEW = ("clock-skew", 401, "The signature is too old or too new by central's clock")
    UNKNOWN_KEY = ("unknown-key", 401, "Nobody was enrolled with this key")
    KEY_EXPIRED = ("key-expired", 401, "The key's time is over; the terminal has to be enrolled again")
    REVOKED = ("revoked", 403, "The key was revoked or replaced")
    IDENTITY_COPIED = ("identity-copied", 403, "The identity was seen in too many places; enrol again")
    BAD_CODE = ("bad-code", 403, "The code is not good for this terminal")
    KEY_TAKEN = ("key-taken", 409, "The key was used before; make a new one")
    WRONG_KIOSK = ("wrong-kiosk", 403, "The key belongs to another terminal")
    WRONG_INSTALLATION = ("wrong-installation", 403, "The installation belongs to another terminal")
    WRONG_PROTOCOL = ("wrong-protocol", 422, "This sync protocol is not spoken here")
    COPIED_INSTALLATION = ("copied-installation", 409, "The disk was copied or set back; begin a new installation")
    SEQUENCE_CONFLICT = ("sequence-conflict", 422, "A known sequence came with another body")
    UNKNOWN_ITEM = ("unknown-item", 422, "The service item is not in the catalogue")
    UNKNOWN_REGISTER = ("unknown-register", 422, "The item does not ask this register, or nobody answers for it")
    REGISTER_UNAVAILABLE = ("register-unavailable", 503, "The register does not answer")
    UNKNOWN_DOCUMENT = ("unknown-document", 404, "No document of this code is known")
    MALFORMED_CODE = ("malformed-code", 422, "The code cannot be right")
    TOO_MANY = ("too-many-requests", 429, "Too many questions from this address")
    UNKNOWN_BLOB = ("unknown-blob", 404, "Nothing of this blob is held")
    WRONG_OFFSET = ("wrong-offset", 409, "The part does not begin where the held bytes end")
    BLOB_BUSY = ("busy", 409, "Another request writes this blob")
    WRONG_HASH = ("wrong-hash", 422, "The bytes are not those of the hash; they were thrown away")
    NO_SPACE = ("no-space", 507, "There is no room for blobs")
    NO_ROUTE = ("not-found", 404, "There is nothing at this address")
    WRONG_METHOD = ("method-not-allowed", 405, "This address is not asked in this way")
    TOO_LARGE = ("too-large", 413, "The body is too large")
    WRONG_ENCODING = ("wrong-encoding", 415, "Only application/json, plain or gzip, is read here")
    UNAVAILABLE = ("unavailable", 503, "The database cannot be used now")
    NOT_MIGRATED = ("not-migrated", 503, "The database does not have this release's schema")
    BROKEN = ("broken", 500, "Central failed")

    @property
    def type(self) -> str:
        return f"urn:kiosk:problem:{self.value[0]}"

    @property
    def status(self) -> int:
        return self.value[1]

    @property
    def title(self) -> str:
        return self.value[2]


class Misfit(Value):
    """One place of the request that does not fit: a JSON pointer and why, without the value."""

    pointer: str
    reason: str


class Problem(Value):
    """The body of every refusal.

    `sequence` is of the event that contradicts, `held` how many bytes of a blob there are, `server_time`
    central's clock, for a terminal whose own is wrong.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    sequence: int | None = None
    held: int | None = None
    server_time: str | None = None
    misfits: tuple[Misfit, ...] = ()


class Refused(Exception):
    """The request is refused; the problem says why."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        sequence: int | None = None,
        held: int | None = None,
        server_time: str | None = None,
        misfits: tuple[Misfit, ...] = (),
    ) -> None:
        super().__init__(kind.type)
        self.kind = kind
        self.problem = Problem(
            type=kind.type,
            title=kind.title,
            status=kind.status,
            detail=detail,
            sequence=sequence,
            held=held,
            server_time=server_time,
            misfits=misfits,
        )


def refusal(error: ValidationError) -> Refused:
    """Tell where a body does not fit, without what it held."""
    return Refused(Kind.NOT_UNDERSTOOD, misfits=_misfits(error.errors(include_input=False, include_url=False)))


def answer(refused: Refused) -> Response:
    """Return the response that carries the problem."""
    headers = {}
    if refused.kind.status == 401:
        headers["WWW-Authenticate"] = "Signature"
    if refused.kind is Kind.BLOB_BUSY or refused.kind.status in {429, 503}:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return _response(refused.problem, headers)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""

    def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)  # noqa: S101 - Starlette's signature is wider than its behaviour
        return answer(error)

    def invalid(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return answer(Refused(Kind.NOT_UNDERSTOOD, misfits=_misfits(error.errors())))

    def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        headers = dict(error.headers or {})
        if error.status_code == Kind.WRONG_METHOD.status:
            headers["Allow"] = ", ".join(sorted(_methods(app, request.scope["path"])))
        for kind in (Kind.NO_ROUTE, Kind.WRONG_METHOD):
            if error.status_code == kind.status:
                return _response(Refused(kind).problem, headers)
        return _response(Problem(type="about:blank", title=str(error.detail), status=error.status_code), headers)

    def unusable(_request: Request, _error: Exception) -> Response:
        return answer(Refused(Kind.NOT_UNDERSTOOD, "a value cannot be stored"))

    def lost(_request: Request, error: Exception) -> Response:
        log(LogEvent.DATABASE_LOST, error=type(error).__name__, where=where(error))
        return answer(Refused(Kind.UNAVAILABLE))

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(DataError, unusable)
    app.add_exception_handler(OperationalError, lost)
    app.add_exception_handler(InterfaceError, lost)
    app.add_exception_handler(NoConnectionFree, lost)
    # Two requests made the same row at once; whoever comes again finds it there.
    app.add_exception_handler(IntegrityError, lost)
    app.add_exception_handler(DatabaseReplaced, lost)


def _methods(app: FastAPI, path: str) -> set[str]:
    """Return every method that some route answers at the path; the framework names those of the first alone."""
    scope = {"type": "http", "method": "", "path": path, "root_path": "", "headers": []}
    allowed: set[str] = set()
    for route in app.routes:
        if route.matches(scope)[0] is not Match.NONE:
            allowed |= set(getattr(route, "methods", None) or ())
    return allowed


def documented(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """Describe refusals for the OpenAPI document, for a route's `responses`."""
    described: dict[int | str, dict[str, Any]] = {}
    for kind in (*kinds, Kind.UNAVAILABLE, Kind.BROKEN):
        entry = described.setdefault(
            kind.status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}},
        )
        entry["description"] = "; or: ".join(filter(None, [entry["description"], f"{kind.title} (`{kind.type}`)"]))
    return described


def _misfits(errors: "list[ErrorDetails] | Any") -> tuple[Misfit, ...]:
    return tuple(
        Misfit(pointer="".join(f"/{part}" for part in found["loc"]), reason=str(found["type"])) for found in errors[:20]
    )


def _response(problem: Problem, headers: dict[str, str]) -> Response:
    body = problem.model_dump(mode="json", exclude_defaults=True) | {"status": problem.status}
    return JSONResponse(body, problem.status, headers, media_type=MEDIA_TYPE)
