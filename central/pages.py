"""Central's public pages: the landing page and ``/verify``; rendered here, working without scripts.

Pages are never stored by a browser or proxy, load nothing from elsewhere and send no referrer, since
their address may hold a document's code. A page says the same as its JSON twin, in words.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from central.clock import shown_in_china
from central.documents import DocumentDesk, PublicDocument
from central.logs import LogEvent, log, where
from central.problems import RETRY_AFTER_S, Kind, Refused
from central.store import DatabaseReplaced
from central.words import WORDS, choose_language
from contract import codes
from contract.text import LANGUAGES

_HERE = Path(__file__).parent
_CODE_LENGTH_TYPED = 80
"""Longer input is cut: nothing that long can be a code, however it is spaced."""

_EXAMPLE = "K7QW-2M9X-R4TB-8ZCN"
"""A code of the right shape, shown next to the field."""

static_files = StaticFiles(directory=_HERE / "static")
router = APIRouter(include_in_schema=False)
_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_style_version = hashlib.sha256((_HERE / "static" / "central.css").read_bytes()).hexdigest()[:12]

Language = Annotated[str | None, Query(alias="lang")]


@router.get("/")
def landing(request: Request, lang: Language = None) -> Response:
    return _page(request, "landing.html", lang, {})


@router.get("/verify")
def verify(request: Request, code: str | None = None, lang: Language = None) -> Response:
    typed = (code or "").strip()[:_CODE_LENGTH_TYPED]
    if not typed:
        return _page(request, "verify.html", lang, {"outcome": "form", "typed": ""})
    desk: DocumentDesk = request.app.state.documents
    try:
        found = desk.find(typed, request.client.host if request.client else "")
    except Refused as refused:
        match refused.kind:
            case Kind.TOO_MANY:
                outcome = "busy"
            case Kind.MALFORMED_CODE:
                outcome = "typo"
            case Kind.UNKNOWN_DOCUMENT:
                outcome = "unknown"
            case _:
                raise
        return _page(request, "verify.html", lang, {"outcome": outcome, "typed": typed}, refused.kind.status)
    except (OperationalError, InterfaceError, DatabaseReplaced) as error:
        log(LogEvent.DATABASE_LOST, error=type(error).__name__, where=where(error))
        return _page(request, "verify.html", lang, {"outcome": "down", "typed": typed}, Kind.UNAVAILABLE.status)
    values = {"outcome": "found", "typed": codes.normalise(typed), "document": found}
    return _page(request, "verify.html", lang, values)


def _page(request: Request, template: str, lang: str | None, values: dict[str, Any], status: int = 200) -> Response:
    language = choose_language(lang, request.headers.get("accept-language", ""))
    typed = values.get("typed", "")
    document: PublicDocument | None = values.get("document")

    def link(path: str, **query: str) -> str:
        kept = {key: value for key, value in query.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path

    html = _templates.get_template(template).render(
        values,
        document=document,
        language=language,
        other_language=next(other for other in LANGUAGES if other != language),
        here=request.url.path,
        link=link,
        typed=typed,
        example=_EXAMPLE,
        shown_code=codes.group(typed) if document else typed,
        say=lambda key: WORDS[key].pick(language),
        shown_time=lambda written: shown_in_china(written, language),
        style_version=_style_version,
    )
    headers = {"Vary": "Accept-Language", "Content-Language": language}
    if status in {429, 503}:
        headers["Retry-After"] = str(60 if status == 429 else RETRY_AFTER_S)
    return HTMLResponse(html, status, headers)
