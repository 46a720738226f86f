"""What every table of central shares: names of constraints, types of columns, the mark for people.

Text has no length, so that no terminal's event is too long for one database and fits the other. A
column about people says of which class it is, and that alone decides how long it is kept
(`central.retention`).
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, MetaData, Text
from sqlalchemy.orm import DeclarativeBase


class PrivacyClass(StrEnum):
    """Why something about a person is kept, and so for how long."""

    CASE = "case"
    """What a case was decided on: gone when the case's time is over."""
    ISSUED = "issued"
    """Masked facts that prove a paper: gone when papers of that age are not honoured any more."""
    ACCESS = "access"
    """Who was asked about: evidence against misuse, kept longest."""
    SYNTHETIC = "synthetic"
    """Nobody: people who were made up."""


def personal(why: PrivacyClass) -> dict[str, PrivacyClass]:
    """Mark a column that tells something about a citizen."""
    return {"personal": why}


class Base(DeclarativeBase):
    """Constraints have names, so that a migration can drop them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text(), dict[str, Any]: JSON(none_as_null=True), list[dict[str, Any]]: JSON()}  # noqa: RUF012 - read once by SQLAlchemy
