"""Registers of the departments, each behind a connector.

A connector turns one question about one person, or about the code of one document, into the register's
facts or into "no record", within a time. It keeps nothing and logs nothing of whom or what was asked
about; who asked is recorded by the caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue

from contract.persons import Applicant

Facts = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class DocumentCode:
    """The code that a document carries, as it was scanned or typed."""

    text: str = field(repr=False)


Subject = Applicant | DocumentCode
"""Whom or what a register is asked about."""


class RegisterUnavailable(Exception):
    """The register did not answer in time or not as agreed. The message names nobody."""


class Connector(Protocol):
    """One way to one or more registers."""

    def serves(self, register_name: str) -> bool:
        """Tell whether this connector answers for the register."""

    def ask(self, register_name: str, subject: Subject, timeout_s: float) -> Facts | None:
        """Return what the register holds of the subject, or None when it has no record.

        Raises:
            RegisterUnavailable: nobody knows; also when the register cannot be asked about such a subject.
        """


def connector_for(register_name: str, connectors: Iterable[Connector]) -> Connector | None:
    """Return the first connector that answers for the register."""
    return next((connector for connector in connectors if connector.serves(register_name)), None)
