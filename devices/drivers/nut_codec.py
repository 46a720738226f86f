"""Network UPS Tools' lines as variables, and what they say of the power: pure.

One request, ``LIST VAR``, and its answer (RFC 9271, §4.2.5 and §5.1). Lines are bounded and so is their number;
whatever is no such answer is refused, never guessed at. A UPS whose figures are old says nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_LINE_BYTES = 1024
MOST_LINES = 1000
"""A UPS has some fifty variables."""
_VARIABLE = re.compile(r'VAR (\S+) (\S+) "((?:[^"\\]|\\.)*)"')


class NoSuchAnswer(ValueError):
    """The server answered something that is no list of variables."""


class Refusal(Exception):
    """``ERR``: the server understood and has nothing to tell; `code` is its word, such as DATA-STALE."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class VariableList:
    """The answer to ``LIST VAR`` of one UPS, line by line."""

    def __init__(self, ups: str) -> None:
        self._ups = ups
        self._begun = False
        self._variables: dict[str, str] = {}

    @property
    def request(self) -> bytes:
        return f"LIST VAR {self._ups}\n".encode()

    def take(self, line: bytes) -> Mapping[str, str] | None:
        """Take one line, without its end; the variables once the list is whole.

        Raises:
            Refusal: the server refused.
            NoSuchAnswer: the line has no place in such a list.
        """
        text = line.decode("utf-8", errors="replace").strip()
        if not self._begun:
            if text.startswith("ERR "):
                raise Refusal(text.split()[1])
            if text != f"BEGIN LIST VAR {self._ups}":
                raise NoSuchAnswer("no list begins")
            self._begun = True
            return None
        if text == f"END LIST VAR {self._ups}":
            return self._variables
        match = _VARIABLE.fullmatch(text)
        if match is None or match[1] != self._ups or len(self._variables) >= MOST_LINES:
            raise NoSuchAnswer("not a variable of this UPS")
        self._variables[match[2]] = re.sub(r"\\(.)", r"\1", match[3])
        return None


@dataclass(frozen=True, slots=True)
class Power:
    """How the power is. `charge` is in percent, None when the UPS does not measure it."""

    on_battery: bool
    low: bool
    charging: bool | None
    worn: bool
    charge: int | None


def power_of(variables: Mapping[str, str]) -> Power | None:
    """Read ``ups.status`` (NUT, "variables and commands": OL, OB, LB, CHRG, DISCHRG, RB, FSD …).

    Returns None when it tells neither that the UPS is on line nor that it is on battery: upsd says "WAIT"
    while its driver has not told anything yet.
    """
    words = set(variables.get("ups.status", "").split())
    if not words & {"OL", "OB", "BYPASS"}:
        return None
    return Power(
        on_battery="OB" in words,
        low=bool(words & {"LB", "FSD"}),
        charging=True if "CHRG" in words else False if "DISCHRG" in words or "OB" in words else None,
        worn="RB" in words,
        charge=_percent(variables.get("battery.charge", "")),
    )


def _percent(text: str) -> int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return round(value) if 0 <= value <= 100 else None


def auxiliaries_of(power: Power, *, was_on_battery: bool) -> tuple[tuple[str, str], ...]:
    """Say it in XFS4IoT's words: the flags of ``ups``, then PowerManagement's members.

    Args:
        power: how it is.
        was_on_battery: the mains failed a while ago and the battery is not full again since.
    """
    flags = [("ups", "low")] if power.low else []
    if power.on_battery:
        flags += [("ups", "engaged"), ("ups", "powering")]
    elif was_on_battery:
        flags.append(("ups", "recovered"))
    if not power.low and not power.worn:
        flags.append(("ups", "good"))
    rest = [("powerIn", "noPower" if power.on_battery else "powering"), ("battery", _battery(power))]
    if power.charging is not None:
        rest.append(("charging", "yes" if power.charging else "no"))
    return (*flags, *rest)


def _battery(power: Power) -> str:
    if power.worn:
        return "failure"
    if power.low:
        return "critical" if power.on_battery else "low"
    return "full" if power.charge is not None and power.charge >= 95 else "operational"
