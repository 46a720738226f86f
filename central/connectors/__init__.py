"""Registers of the departments, each behind a connector.

A connector turns one question about one person into the register's facts or into "no record", within
a time. It keeps nothing and logs nothing about the person; who asked is recorded by the caller.
"""

from collections.abc import Iterable
from typing import Protocol

from pydantic import JsonValue

from contract.persons import Applicant

Facts = dict[str, JsonValue]


class RegisterUnavailable(Exception):
    """The register did not answer in time or not as agreed. The message names no person."""


class Connector(Protocol):
    """One way to one or more registers."""

    def serves(self, register_name: str) -> bool:
        """Tell whether this connector answers for the register."""

    def ask(self, register_name: str, applicant: Applicant, timeout_s: float) -> Facts | None:
        """Return what the register holds of the applicant, or None when it has no record.

        Raises:
            RegisterUnavailable: nobody knows.
        """


def connector_for(register_name: str, connectors: Iterable[Connector]) -> Connector | None:
    """Return the first connector that answers for the register."""
    return next((connector for connector in connectors if connector.serves(register_name)), None)
