"""A terminal's process from outside: its glass, its log, its life and its death."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from kiosk_app.entry.dev.demo import Place
from tests.e2e.waiting import PATIENCE_S, until

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "e2e"

PACE = {
    "KIOSK__CENTRAL__TIMEOUT_S": "8",
    "KIOSK__CENTRAL__SYNC_EVERY_S": "1",
    "KIOSK__SCREEN__RENEW_AFTER_VISITS": "0",
}
"""Configuration of these terminals by environment: a quick time-out and a quick first delivery, and a screen that
serves all citizens with one process, so that what one leaves would be there for the next."""


def _wordings(language: str) -> dict[str, str]:
    tree = ET.parse(ROOT / "ui" / "i18n" / f"kiosk_{language}.ts")  # noqa: S314 - our own file
    return {str(one.get("id")): one.findtext("translation") or "" for one in tree.iter("message")}


_WORDS = _wordings("zh")


def wording(key: str) -> str:
    """The sentence that the screen has for `key`; every one says something."""
    sentence = _WORDS[key]
    assert sentence.strip(), f"{key} says nothing"
    return sentence


@dataclass(frozen=True)
class Glance:
    """What could be seen at one moment."""

    things: dict[str, list[str]]
    dead: tuple[str, ...]
    words: tuple[str, ...]

    def sees(self, name: str) -> bool:
        return name in self.things

    def says(self, sentence: str) -> bool:
        return any(sentence in words for words in self.words)

    def text_of(self, name: str) -> str:
        return " ".join(self.things.get(name, []))


class TerminalLog:
    """The terminal's log, read as an operator would: lines since a mark."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark = 0

    def mark(self) -> None:
        """Read from here on."""
        self._mark = self.path.stat().st_size if self.path.exists() else 0

    def lines(self) -> list[dict[str, Any]]:
        """Every whole line since the mark."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self._mark)
            text = file.read()
        return [json.loads(line) for line in text[: text.rfind(b"\n") + 1].splitlines()]

    def find(self, event: str, **fields: Any) -> dict[str, Any] | None:
        """The first line of `event` since the mark that has these fields."""
        wanted = {"event": event, **fields}
        return next((line for line in self.lines() if wanted.items() <= line.items()), None)

    def until(self, event: str, within_s: float = PATIENCE_S, **fields: Any) -> dict[str, Any]:
        """Wait for such a line; asks often, since some tests kill at the instant it is written."""

        def told() -> str:
            return "the log has " + ", ".join(line["event"] for line in self.lines())

        return until(f"{event} {fields}", lambda: self.find(event, **fields), within_s, every_s=0.001, said=told)


class Terminal:
    """One life of the terminal's process. The state folder, and so the log, outlives it."""

    def __init__(self, here: Place, **environment: str) -> None:
        self.log = TerminalLog(here.log)
        self.log.mark()
        self.complaints = here.state / "terminal.stderr"
        with self.complaints.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.stage_server", str(here.configuration)],
                cwd=ROOT,
                env={**os.environ, **PACE, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, name: str, value: str = "") -> Any:
        """Ask the window once; None when it cannot be done now."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": name, "value": value}).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the terminal ended with {self._process.wait()}: {self.complaints.read_text()[-2000:]}"
        told = json.loads(line)
        return (told["answer"] or True) if told["ok"] else None

    def look(self) -> Glance:
        """See what the screen shows."""
        seen = self.ask("look")
        return Glance(seen["things"], tuple(seen["dead"]), tuple(seen["words"])) if seen else Glance({}, (), ())

    def touch(self, name: str, within_s: float = PATIENCE_S) -> None:
        """Touch a thing as soon as it can be touched."""
        until(f"{name} to be touchable", lambda: self.ask("touch", name), within_s, said=self._shown)

    def until_sees(self, name: str, within_s: float = PATIENCE_S) -> Glance:
        """Wait until a thing is on the screen."""

        def there() -> Glance | None:
            glance = self.look()
            return glance if glance.sees(name) else None

        return until(f"{name} on the screen", there, within_s, said=self._shown)

    def until_gone(self, name: str, within_s: float = PATIENCE_S) -> None:
        """Wait until a thing is no longer on the screen."""
        until(f"{name} to go", lambda: not self.look().sees(name), within_s, said=self._shown)

    def until_says(self, *keys: str, within_s: float = PATIENCE_S) -> Glance:
        """Wait until the screen says the sentences of all `keys` at once."""

        def said() -> Glance | None:
            glance = self.look()
            return glance if all(glance.says(wording(key)) for key in keys) else None

        return until(f"the sentences {keys}", said, within_s, said=self._shown)

    def until_trouble(self, code: str, within_s: float = PATIENCE_S) -> Glance:
        """Wait for the page that says what happened and what to do for the fault worded as `code`."""
        self.until_sees("fault-code", within_s)
        return self.until_says(f"fault.{code}.title", f"fault.{code}.do")

    def picture(self, name: str) -> None:
        """Keep what the screen shows in ``build/e2e``."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        assert self.ask("picture", str(PICTURES / f"{name}.png"))

    def every_word(self) -> str:
        """Every text the screen holds, seen or not."""
        return "\n".join(self.ask("everything"))

    def kill(self) -> None:
        """End it as a crash or a power cut would."""
        self._process.kill()
        self._reap()

    def end(self) -> int:
        """End it in order; return its exit status."""
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE_S)
        finally:
            self.kill()
        return self._process.returncode

    def _reap(self) -> None:
        self._process.wait()
        for end in (self._process.stdin, self._process.stdout):
            assert end is not None
            end.close()

    def _shown(self) -> str:
        glance = self.look() if self.alive else None
        shown = f"the screen shows {list(glance.things)}: {list(glance.words)}" if glance else "the terminal is dead"
        lines = (" ".join(f"{key}={value}" for key, value in line.items()) for line in self.log.lines()[-12:])
        return "\n".join((shown, "and its log says", *lines))
