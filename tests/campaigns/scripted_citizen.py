"""A screen without glass: citizen after citizen through the two links, exactly as `kiosk ui` uses them.

It holds the real far ends, asks the same questions in the same order, and writes down outside the product
what a citizen would have read or handed in (`shown`, `told`, `nothing`, `brought`), a line each in one system
call, so that SIGKILL cannot take it back. The hands that lay cards are the campaign's: each step is said to it first.
"""

import hashlib
import os
import select
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from contract.cases import CaseStage, Receipt
from contract.ids import DeviceId, LookupId, OrderId, VisitId, new_id
from contract.lookups import LookupRequest
from contract.persons import RESIDENT_CARD, Applicant
from contract.privacy import Privacy
from devices.events import CardFault, CardRead, MediaChanged, Numbered, OrderEnded, ReadIdentity
from devices.values import IdentityCard, Media
from kiosk_app.base.logs import configure_logs, start_writing
from kiosk_app.base.settings import load_screen_settings
from kiosk_app.entry.lifetime import end_with_parent
from kiosk_app.link.desk import AttachmentPiece, CaseProgress, CommitRequest, DeskEvent, DeskFault, Rating
from kiosk_app.link.desk_client import RemoteDesk
from kiosk_app.link.device_link import RemoteHub
from tests.processes.agent_child import Ledger

ITEM, REGISTER = "insurance-certificate", "social-insurance.participation"
READER = DeviceId("id-card")
SHOWN, TOLD, NOTHING, BROUGHT = "shown", "told", "nothing", "brought"
FILE_BYTES, PIECE_BYTES = 40_000, 16_000
"""A file that each citizen hands in, no two alike, and in how large pieces it goes."""
PATIENCE_S = 120.0
"""Many times what anything takes; only a broken product is slower."""
_AGAIN_S = 0.2
_LOOKUPS = 60

Answer = TypeVar("Answer")
Heard = DeskEvent | Numbered


class LeavesError(Exception):
    """This citizen's business cannot be done now; nothing was confirmed."""


@dataclass
class Ears:
    """What both links said, and waiting for it."""

    heard: list[Heard] = field(default_factory=list)
    moved: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, event: Heard) -> None:
        with self.moved:
            self.heard.append(event)
            self.moved.notify_all()

    def forget(self) -> None:
        with self.moved:
            self.heard.clear()

    def wait(self, look: Callable[[Heard], Answer | None], since: int = 0, within_s: float = PATIENCE_S) -> Answer:
        end = time.monotonic() + within_s
        with self.moved:
            while True:
                while since < len(self.heard):
                    found = look(self.heard[since])
                    since += 1
                    if found is not None:
                        return found
                left = end - time.monotonic()
                assert left > 0, "it was never said"
                self.moved.wait(left)


class Screen:
    """The far ends of both links, and the citizens before them."""

    def __init__(self, configuration: Path, folder: Path) -> None:
        settings = load_screen_settings(configuration)
        self._hub = RemoteHub(settings.kiosk.sockets, "ui", settings.devices)
        self._desk = RemoteDesk(settings.kiosk.sockets)
        self._ears = Ears()
        self._shown, self._told, self._nothing, self._brought = (
            Ledger(folder / name) for name in (SHOWN, TOLD, NOTHING, BROUGHT)
        )

    def start(self) -> None:
        self._hub.subscribe(self._ears)
        self._desk.subscribe(self._ears)
        self._desk.start()
        self._hub.start()

    def own_up(self) -> None:
        """Tell what the screen before this one left, as its apology would."""
        say("resuming")
        interrupted = answer(self._desk.resume())
        if interrupted is None:
            return
        if interrupted.receipt is None:
            self._nothing.write(interrupted.visit_id)
        else:
            outcome = interrupted.print.value if interrupted.print is not None else "?"
            self._told.write(f"{interrupted.receipt.receipt_number} {outcome}")

    def serve_one(self) -> None:
        visit = VisitId(new_id())
        say("begin")
        self._ears.forget()
        answer(self._desk.begin_visit(visit))
        try:
            receipt = self._confirm(visit, self._read_card())
        except LeavesError:
            self._nothing.write(visit)
        else:
            self._see_it_through(visit, receipt)
        say("leaving")
        answer(self._desk.end_visit(visit))
        say("left")

    def _read_card(self) -> IdentityCard:
        say("lay")
        while True:
            order = OrderId(new_id())
            self._hub.order(READER, ReadIdentity(order, PATIENCE_S))
            card = self._follow(order)
            if card is not None:
                say("read")
                return card
            time.sleep(_AGAIN_S)

    def _follow(self, order: OrderId) -> IdentityCard | None:
        """Wait for one order's end; a card that has to be laid again is laid again."""
        since = 0

        def trouble_or_end(heard: Heard) -> CardRead | CardFault | OrderEnded | None:
            nonlocal since
            since += 1
            event = heard.event if isinstance(heard, Numbered) else None
            wanted = isinstance(event, CardRead | CardFault | OrderEnded) and event.order == order
            return event if wanted else None  # type: ignore[return-value] # narrowed by `wanted`

        def gone(heard: Heard) -> bool | None:
            event = heard.event if isinstance(heard, Numbered) else None
            lifted = isinstance(event, MediaChanged) and event.media is Media.NOT_PRESENT
            return lifted or (isinstance(event, OrderEnded) and event.order == order) or None

        while True:
            match self._ears.wait(trouble_or_end, since):
                case CardRead(card=card):
                    return card
                case OrderEnded():
                    return None
                case CardFault():
                    say("lift")
                    with suppress(AssertionError):  # the reader did not notice: lay it all the same, as a person would
                        self._ears.wait(gone, since, within_s=3.0)
                    say("lay")

    def _confirm(self, visit: VisitId, card: IdentityCard) -> Receipt:
        applicant = Applicant(
            name=card.name, document_type=RESIDENT_CARD, document_number=card.number, read_by="sdt-serial"
        )
        content = os.urandom(FILE_BYTES)
        sha256 = hashlib.sha256(content).hexdigest()
        for _ in range(_LOOKUPS):
            lookup = LookupId(new_id())
            request = LookupRequest(
                lookup_id=lookup, visit_id=visit, item_id=ITEM, register_name=REGISTER, applicant=applicant
            )
            say("asking")
            try:
                answer(self._desk.look_up(request))
                self._bring(visit, content, sha256)
                say("confirming")
                commit = CommitRequest(
                    visit_id=visit,
                    item_id=ITEM,
                    language="zh",
                    applicant=applicant,
                    lookup_id=lookup,
                    attachments=(sha256,),
                )
                receipt = answer(self._desk.commit(commit))
            except DeskFault as refused:
                code = refused.fault.code
                if code.startswith("storage."):
                    raise LeavesError from None
                # An agent that is another one has forgotten answers, and files that were not whole yet.
                assert code.startswith("central.") or code in {"lookup.expired", "visit.interrupted"}, code
                time.sleep(_AGAIN_S)
                continue
            self._shown.write(receipt.receipt_number)
            self._brought.write(f"{receipt.receipt_number} {sha256}")
            say("receipt")
            return receipt
        raise LeavesError

    def _bring(self, visit: VisitId, content: bytes, sha256: str) -> None:
        """Hand a file in, piece by piece from what is held."""
        held = 0
        while held < len(content):
            piece = AttachmentPiece(
                visit_id=visit,
                item_id=ITEM,
                privacy=Privacy.PERSONAL,
                purpose="photo",
                media_type="image/jpeg",
                sha256=sha256,
                size=len(content),
                offset=held,
                data=content[held : held + PIECE_BYTES],
            )
            say("bringing")
            held = answer(self._desk.attach(piece))

    def _see_it_through(self, visit: VisitId, receipt: Receipt) -> None:
        def told(heard: Heard) -> CaseProgress | None:
            ours = isinstance(heard, CaseProgress) and heard.case_id == receipt.case_id
            if ours and heard.stage is not CaseStage.CLOSED and heard.stage not in said:  # type: ignore[union-attr]
                said.add(heard.stage)  # type: ignore[union-attr]
                say(heard.stage.value)  # type: ignore[union-attr]
            return heard if ours and heard.stage is CaseStage.CLOSED else None  # type: ignore[union-attr,return-value]

        said: set[CaseStage] = set()
        outcome = self._ears.wait(told).print
        assert outcome is not None
        self._told.write(f"{receipt.receipt_number} {outcome.value}")
        say("told")
        answer(self._desk.rate(Rating(visit, receipt.case_id, 1)))

    def close(self) -> None:
        self._desk.close()
        self._hub.close()


def answer(future: "Future[Answer]") -> Answer:
    return future.result(PATIENCE_S)


def say(step: str) -> None:
    """Say a step to the campaign: one write, whole."""
    os.write(1, f"{step}\n".encode())


def told_to_stop() -> bool:
    return bool(select.select([0], [], [], 0)[0])


def serve(configuration: Path, folder: Path) -> int:
    """Resume, then serve citizens until standard input ends."""
    if not end_with_parent():
        return 1
    settings = load_screen_settings(configuration)
    configure_logs(settings.kiosk.state_dir / "log" / "terminal.jsonl", process="ui")
    start_writing()
    screen = Screen(configuration, folder)
    screen.start()
    screen.own_up()
    while not told_to_stop():
        screen.serve_one()
    screen.close()
    return 0
