"""The stage of one journey: the real terminal, a citizen's fingers, the bench, and a notebook.

Every wait is for something that the screen shows or the terminal knows, with a limit; nothing waits
by the clock alone, but for a page's arrival before its picture is taken.
"""

import math
import time
from pathlib import Path
from typing import Any

from kiosk_app.entry.dev.bench_link import BenchClient
from kiosk_app.entry.dev.fingers import Fingers
from kiosk_app.entry.terminal import Terminal
from kiosk_app.visit.state import Choosing, Finished, Identifying, Idle


class Stage:
    """One journey being played."""

    def __init__(
        self, terminal: Terminal, fingers: Fingers, bench: BenchClient, out: Path, person: str, language: str, mode: str
    ) -> None:
        self.terminal = terminal
        self.fingers = fingers
        self.bench = bench
        self.steps: list[dict[str, Any]] = []
        self.timings: dict[str, float] = {}
        self.finished: Finished | None = None
        self._out = out
        self._person = person
        self._language = language
        self._mode = mode
        self._began = time.monotonic()
        self._confirmed_at = 0.0
        self._identity_seen = False
        terminal.behind.runner.on_change(self._watch)

    @property
    def situation(self) -> str:
        """The name of the situation the visit is in."""
        return type(self.terminal.behind.runner.state.situation).__name__

    def begin(self) -> None:
        """Walk up, touch the screen, choose language and look."""
        runner = self.terminal.behind.runner
        self.fingers.until("the catalogue", lambda: runner.facts().catalogue is not None)
        self.fingers.until("the devices", self._devices_serve)
        self.shot("idle")
        self.fingers.touch("begin" if self._language == "zh" else "language-en")
        self.fingers.until("the home page", lambda: isinstance(runner.state.situation, Choosing))
        if self._mode != "normal":
            self.fingers.touch(f"mode-{self._mode}")
        self.shot("home")

    def touch(self, name: str, step: str) -> None:
        """Touch something, then take a picture of what came of it."""
        if name == "confirm":
            self._confirmed_at = time.monotonic()
        self.fingers.touch(name)
        self.shot(step)

    def lay_card(self) -> None:
        """Lay this journey's person's card on the reader."""
        self.bench.do("card.lay", self._person)

    def until_situation(self, name: str, step: str, within_s: float = 30.0) -> None:
        """Wait for a situation and take its picture."""
        self.fingers.until(f"the situation {name}", lambda: self.situation == name, within_s)
        self.shot(step)

    def until_seen(self, name: str, step: str, within_s: float = 30.0) -> None:
        """Wait until something is on the screen and take its picture."""
        self.fingers.until(f"{name} on the screen", lambda: self.fingers.sees(name), within_s)
        self.shot(step)

    def until_gone(self, name: str, within_s: float = 30.0) -> None:
        """Wait until something is no longer on the screen."""
        self.fingers.until(f"{name} to go", lambda: not self.fingers.sees(name), within_s)

    def until_outcome(self, outcome: str, within_s: float = 90.0) -> None:
        """Wait until the business is over and see that it ended as it should.

        Raises:
            AssertionError: the screen shows another outcome.
        """
        self.fingers.until("an outcome", lambda: self.finished is not None, within_s)
        assert self.finished is not None
        shown = self.finished.outcome.value
        if shown != outcome or not self.fingers.sees(f"outcome-{outcome}"):
            raise AssertionError(f"the print ended as {shown}, not as {outcome}")
        self.shot(f"done-{outcome}")

    def leave(self, *, grade: str) -> None:
        """Rate or not, take the card, and go."""
        if grade:
            self.touch(f"rate-{grade}", "rated")
        self.bench.do("card.lift")
        self.fingers.touch("leave")
        self.until_seen("goodbye", "goodbye")

    def until_delivered(self) -> None:
        """Wait until the machine is free again and central has the case, if there was one, with its rating."""
        self.until_idle()
        if self.finished is None:
            return
        receipt = self.finished.receipt.receipt_number

        def received() -> bool:
            case = self.bench.do("central.case", receipt)
            return case is not None and bool(case["rated"]) and case["verdict"] is not None

        self.fingers.until("central to hold the case", received, 60)

    def until_idle(self) -> None:
        """Wait until the machine is free for the next citizen."""
        idle = self.terminal.behind.runner
        self.fingers.until("the idle screen", lambda: isinstance(idle.state.situation, Idle), 60)

    def shot(self, name: str) -> None:
        """Keep a picture of the screen under the next number."""
        self.fingers.settle()
        file = f"{len(self.steps) + 1:02}-{name}.png"
        self.fingers.picture(self._out / file)
        self.steps.append({"name": name, "screenshot": file, "ms": round((time.monotonic() - self._began) * 1000)})

    def measured(self) -> dict[str, float]:
        """The journey's timings in milliseconds."""
        frames = sorted(self.fingers.frame_ms)
        if frames:
            self.timings["touch_to_frame_p95"] = frames[max(0, math.ceil(len(frames) * 0.95) - 1)]
        return {name: round(value, 1) for name, value in self.timings.items()}

    def _devices_serve(self) -> bool:
        facts = self.terminal.behind.runner.facts()
        return all(status is not None and status.state.serves for status in (facts.reader, facts.printer))

    def _watch(self) -> None:
        """Note when the visit moved; the frame that shows it is the next one drawn."""
        now = time.monotonic()
        state = self.terminal.behind.runner.state
        situation = state.situation
        visit = state.visit
        if visit is not None and visit.applicant is not None and not isinstance(situation, Identifying):
            self._time_identity()
        if self._confirmed_at and self.situation == "Printing" and "confirm_to_durable" not in self.timings:
            self.timings["confirm_to_durable"] = (now - self._confirmed_at) * 1000
        if isinstance(situation, Finished):
            if self.finished is None:
                self.timings["confirm_to_sent"] = (now - self._confirmed_at) * 1000
            if situation.delivered and "sent_to_received" not in self.timings:
                self.timings["sent_to_received"] = (now - self._confirmed_at) * 1000 - self.timings["confirm_to_sent"]
            self.finished = situation

    def _time_identity(self) -> None:
        """Take the time from the card's laying down to the first frame in which the person's name can be read."""
        if self._identity_seen:
            return
        self._identity_seen = True
        window = self.terminal.screen.window

        def drawn() -> None:
            drawn_at = time.monotonic()
            if not self.fingers.reads("identity"):
                return
            window.frameSwapped.disconnect(drawn)
            reading = self.bench.do("reader.last")
            if reading is not None:
                self.timings["card_to_identity"] = (drawn_at - reading["laid_at"]) * 1000
                self.timings["card_on_wire"] = reading["wire_s"] * 1000

        window.frameSwapped.connect(drawn)
