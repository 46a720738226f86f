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
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from central.logs import LogEvent, log, where
from central.store import DatabaseReplaced
from contract.model import Value

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5


class Kind(Enum):
    """Every kind of problem: the last part of its type, its status and its title."""

    NOT_UNDERSTOOD = ("not-understood", 422, "The request does not fit the interface")
    NO_TOKEN = ("no-token", 401, "A terminal's token is needed")
    WRONG_KIOSK = ("wrong-kiosk", 403, "The token belongs to another terminal")
    WRONG_INSTALLATION = ("wrong-installation", 403, "The installation belongs to another terminal")
    WRONG_PROTOCOL = ("wrong-protocol", 422, "This sync protocol is not spoken here")
    SEQUENCE_CONFLICT = ("sequence-conflict", 422, "A known sequence came with another body")
    UNKNOWN_ITEM = ("unknown-item", 422, "The service item is not in the catalogue")
    UNKNOWN_REGISTER = ("unknown-register", 422, "The item does not ask this register, or nobody answers for it")
    REGISTER_UNAVAILABLE = ("register-unavailable", 503, "The register does not answer")
    UNKNOWN_DOCUMENT = ("unknown-document", 404, "No document of this code is known")
    MALFORMED_CODE = ("malformed-code", 422, "The code cannot be right")
    TOO_MANY = ("too-many-requests", 429, "Too many questions from this address")
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
    """The body of every refusal."""

    type: str
    title: str
    status: int
    detail: str = ""
    sequence: int | None = None
    misfits: tuple[Misfit, ...] = ()


class Refused(Exception):
    """The request is refused; the problem says why."""

    def __init__(
        self, kind: Kind, detail: str = "", *, sequence: int | None = None, misfits: tuple[Misfit, ...] = ()
    ) -> None:
        super().__init__(kind.type)
        self.kind = kind
        self.problem = Problem(
            type=kind.type, title=kind.title, status=kind.status, detail=detail, sequence=sequence, misfits=misfits
        )


def refusal(error: ValidationError) -> Refused:
    """Tell where a body does not fit, without what it held."""
    return Refused(Kind.NOT_UNDERSTOOD, misfits=_misfits(error.errors(include_input=False, include_url=False)))


def answer(refused: Refused) -> Response:
    """Return the response that carries the problem."""
    headers = {}
    if refused.kind is Kind.NO_TOKEN:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.kind.status in {429, 503}:
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

    def plain(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        problem = Problem(type="about:blank", title=str(error.detail), status=error.status_code)
        return _response(problem, dict(error.headers or {}))

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
    app.add_exception_handler(DatabaseReplaced, lost)


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
