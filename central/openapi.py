"""How the interface describes itself, good enough that a stranger's client can be generated from it.

Every operation has a name, every body an example that is sent through the models here, and every
refusal is a problem (RFC 9457). Bodies are read by the routes themselves, bounded, and so described here.
"""

from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from central.incoming import IncomingBatch
from central.problems import Kind, Problem
from contract.enrolment import EnrolRequest, RotateRequest
from contract.lookups import LookupRequest
from contract.sync import SyncRequest

BODY = (Kind.NOT_UNDERSTOOD, Kind.TOO_LARGE, Kind.WRONG_ENCODING)
"""How a JSON body may be refused."""
SIGNED = (
    Kind.NO_SIGNATURE,
    Kind.BAD_SIGNATURE,
    Kind.CLOCK_SKEW,
    Kind.UNKNOWN_KEY,
    Kind.KEY_EXPIRED,
    Kind.REVOKED,
    Kind.IDENTITY_COPIED,
)
"""How a terminal may be refused."""
BLOB_HEADERS = {
    "Upload-Offset": {"description": "Bytes that are held.", "schema": {"type": "integer", "minimum": 0}},
    "Upload-Complete": {
        "description": "Whether that is all, as a structured field's boolean.",
        "schema": {"type": "string", "enum": ["?0", "?1"]},
    },
}

_DESCRIPTION = (
    "What terminals deliver and ask, and what anybody may check. Refusals are problem details (RFC 9457). "
    "A request may be repeated: it is then answered as before, and nothing is done twice."
)
_NAMES = {
    "look_up": "askRegister",
    "held": "askBlob",
    "put": "putBlob",
    "rotate": "rotateKey",
    "document": "getDocument",
}
_BODIES: tuple[type[BaseModel], ...] = (SyncRequest, LookupRequest, EnrolRequest, RotateRequest)
_ID = "01KAKX2Z8E6Y0Q9V3T5M7N1R4B"
_EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {
    SyncRequest: {
        "kiosk": "demo-0001",
        "installation": _ID,
        "catalogue_version": 3,
        "verdict_cursor": 0,
        "events": [
            {
                "sequence": 1,
                "event_id": "01KAKX301S2W4X6Y8Z0A2B4C6D",
                "at": "2026-11-21T08:53:11.000Z",
                "body": {"kind": "case.closed", "case_id": "01KAKX2ZZZ3E5G7J9M1P3R5T7V", "outcome": "sent"},
            }
        ],
    },
    LookupRequest: {
        "lookup_id": _ID,
        "visit_id": "01KAKX301S2W4X6Y8Z0A2B4C6D",
        "item_id": "check-certificate",
        "register_name": "issued-documents",
        "code": "K7QW2M9XR4TB8ZCN",
    },
    EnrolRequest: {"code": "K7QW2-M9XR4", "kiosk": "demo-0001", "public_key": "A" * 43 + "="},
    RotateRequest: {"public_key": "A" * 43 + "=", "proof": "A" * 86 + "=="},
}


def name_of(route: APIRoute) -> str:
    """Return the operation id of a route, as a generated client's method."""
    return _NAMES.get(route.name, route.name)


def takes(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a JSON body that the route reads itself."""
    content = {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}, "example": _EXAMPLES[model]}
    description = "JSON, plain or with `Content-Encoding: gzip`."
    return {"requestBody": {"required": True, "description": description, "content": {"application/json": content}}}


def described(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with the bodies that routes read themselves and the problem they answer with."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes, description=_DESCRIPTION)
        bodies: tuple[type[BaseModel], ...] = (*_BODIES, IncomingBatch)
        wanted: list[tuple[type[BaseModel], Literal["validation", "serialization"]]]
        wanted = [(body, "validation") for body in bodies]
        wanted.append((Problem, "serialization"))
        _, extra = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
        schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
        _widen(extra["$defs"])
        schemas.update({name: known for name, known in extra["$defs"].items() if name not in schemas})
        app.openapi_schema = document
    return app.openapi_schema


def _widen(schemas: dict[str, Any]) -> None:
    """Describe a sync request as it is taken in: typed, and open where a later release may say more.

    What central cannot read of an event's body or of health is kept or dropped, and never refused.
    """
    later = {"type": "object", "description": "Of another release: kept, and used when it is understood."}
    batch, event = schemas.pop("IncomingBatch"), schemas.pop("IncomingEvent")
    batch["properties"]["health"]["anyOf"] = [*schemas["SyncRequest"]["properties"]["health"]["anyOf"], later]
    event["properties"]["body"] = {"anyOf": [schemas["JournalEvent"]["properties"]["body"], later]}
    batch["properties"]["events"]["items"] = {"$ref": "#/components/schemas/JournalEvent"}
    for name, schema in (("SyncRequest", batch), ("JournalEvent", event)):
        schemas[name] = schema | {"title": name, "description": schemas[name].get("description", "")}
