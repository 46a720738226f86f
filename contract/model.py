"""The one base class of wire values, and the mark for personal fields.

A wire value is frozen and refuses keys it does not know, so that two releases that disagree find
out at the edge and not three layers further in. A field marked `Personal` never shows in `repr`,
which keeps it out of tracebacks, assertion messages and careless log lines.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """Base of every value on a wire."""

    # Schemas are built at first use: half of a terminal's start would be spent on values nobody has sent yet.
    # Of strings in JSON, pydantic keeps those it met for as long as the process lives; that may be keys, never values.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ser_json_bytes="base64",
        val_json_bytes="base64",
        defer_build=True,
        cache_strings="keys",
    )


Personal = Annotated[str, Field(repr=False)]
"""Text about a person: carried, sealed and wiped, never shown in a `repr`."""
