"""What comes of asking central: an answer, or trouble with the fault that citizens and operators are told.

Light to import, so that whoever asks need not load the HTTP library. Carries no body in a `repr` or message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from contract.fault import Fault

if TYPE_CHECKING:
    from kiosk_app.agent.wire import Wire


@dataclass(frozen=True, slots=True)
class Problem:
    """What central said in a refusal (RFC 9457): the last part of its type, and the members it may carry."""

    word: str = ""
    server_time: str = ""
    held: int | None = None


class CentralTrouble(Exception):
    """Central could not be asked. `status` is its HTTP status when it gave one.

    `shut_out` tells that central, or the lack of an identity, keeps this terminal out until a person helps; `unsent`
    that nobody took a connection, so that what was to be sent cannot be the reason.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        status: int | None = None,
        problem: Problem = Problem(),
        *,
        shut_out: bool = False,
        unsent: bool = False,
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.fault = Fault.of(code, detail)
        self.status = status
        self.problem = problem
        self.shut_out = shut_out
        self.unsent = unsent


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer, with the monotonic instants between which central gave it."""

    status: int
    json: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    asked: float
    answered: float

    @property
    def date(self) -> str | None:
        """The instant that central's clock showed, of HTTP's form."""
        return self.headers.get("Date")


class Kept:
    """Where a wire to central stays between exchanges that follow each other at once. A context manager."""

    def __init__(self) -> None:
        self.wire: Wire | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        wire, self.wire = self.wire, None
        if wire is not None:
            wire.close()
