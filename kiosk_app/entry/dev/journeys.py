"""The journeys a tour plays: what a citizen does, what the hardware does, and how it must end.

A journey is a function of a `Stage`; it raises when the screen is not what it ought to be. The names
are those of ``kiosk tour --journey``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk_app.entry.dev.stage import Stage


@dataclass(frozen=True, slots=True)
class Journey:
    """One journey with the way it is shown unless asked otherwise."""

    play: Callable[[Stage], None]
    what: str
    person: str = "zhang-wei"
    language: str = "zh"
    mode: str = "normal"
    size: str = "1080x1920"
    outcome: str = "sent"
    default: bool = True
    """Whether ``--all`` plays it."""


def certificate(stage: Stage) -> None:
    """The whole way: found by touch, read, printed, rated."""
    _as_far_as_the_record(stage)
    _print_and_leave(stage, grade="1")


def certificate_by_initials(stage: Stage) -> None:
    """The item is found by its pinyin initials, and nobody rates."""
    stage.begin()
    stage.touch("search", "search")
    for letter in "CBZM":
        stage.fingers.touch(f"key-{letter}")
    stage.shot("found-by-initials")
    stage.touch("item-insurance-certificate", "notice")
    _consent_and_card(stage)
    _print_and_leave(stage, grade="")


def card_lifted(stage: Stage) -> None:
    """The card is lifted while it is read, and laid down again."""
    stage.begin()
    stage.touch("item-insurance-certificate", "notice")
    stage.touch("consent", "place-card")
    stage.bench.do("card.lift_while_reading", "300")
    stage.lay_card()
    stage.until_seen("card-fault", "card-lifted")
    stage.lay_card()
    stage.until_situation("Reviewing", "record")
    _print_and_leave(stage, grade="2")


def reader_unplugged(stage: Stage) -> None:
    """The reader is unplugged while the citizen stands before it, and comes back."""
    stage.begin()
    stage.touch("item-insurance-certificate", "notice")
    stage.touch("consent", "place-card")
    stage.bench.do("reader.unplug")
    stage.until_seen("reader-fault", "reader-unplugged")
    stage.bench.do("reader.plug")
    stage.until_gone("reader-fault")
    stage.lay_card()
    stage.until_situation("Reviewing", "record")
    _print_and_leave(stage, grade="3")


def paper_runs_out(stage: Stage) -> None:
    """The paper runs out in mid-print; the screen says so; paper comes; it prints once."""
    _as_far_as_the_record(stage)
    stage.bench.do("paper.empty_during_next_job")
    stage.touch("confirm", "printing")
    stage.until_seen("print-held-up", "no-paper", within_s=60)
    stage.bench.do("paper.load")
    stage.until_outcome("sent")
    stage.leave(grade="2")


def central_unreachable(stage: Stage) -> None:
    """The line to central is down before the query: refused clearly, then tried again."""
    stage.begin()
    stage.touch("item-insurance-certificate", "notice")
    stage.touch("consent", "place-card")
    stage.bench.do("cable.pull")
    stage.lay_card()
    stage.until_situation("Apologising", "unreachable", within_s=30)
    stage.bench.do("cable.plug")
    stage.touch("again", "asking-again")
    stage.until_situation("Reviewing", "record")
    _print_and_leave(stage, grade="1")


def offline_after_commit(stage: Stage) -> None:
    """The line goes down once the record is known: the case is kept, printed, and delivered later."""
    _as_far_as_the_record(stage)
    stage.bench.do("cable.pull")
    stage.touch("confirm", "printing")
    stage.until_outcome("sent")
    stage.shot("kept-here")
    stage.bench.do("cable.plug")
    stage.leave(grade="1")


def card_forgotten(stage: Stage) -> None:
    """The card stays on the reader: it is called out until it is gone."""
    _as_far_as_the_record(stage)
    stage.touch("confirm", "printing")
    stage.until_outcome("sent")
    stage.touch("rate-2", "rated")
    stage.fingers.touch("leave")
    stage.until_seen("take-card", "take-your-card")
    stage.bench.do("card.lift")
    stage.until_seen("goodbye", "goodbye")


def check_certificate(stage: Stage) -> None:
    """A certificate is printed; somebody then checks it, after a code that is none of a certificate's."""
    certificate(stage)
    stage.until_delivered()
    stage.begin()
    stage.touch("item-check-certificate", "scan")
    stage.bench.do("code.scan", "https://example.invalid/not-ours")
    stage.until_seen("code-fault", "not-a-certificate")
    stage.bench.do("code.scan_last_sheet")
    stage.until_seen("finding-good", "found")
    stage.fingers.touch("leave")
    stage.until_seen("goodbye", "goodbye")


def card_read(stage: Stage) -> None:
    """Only as far as the record; nothing is committed."""
    _as_far_as_the_record(stage)
    stage.bench.do("card.lift")
    stage.fingers.touch("back")
    stage.fingers.touch("leave")


def _as_far_as_the_record(stage: Stage) -> None:
    stage.begin()
    stage.touch("item-insurance-certificate", "notice")
    _consent_and_card(stage)


def _consent_and_card(stage: Stage) -> None:
    stage.touch("consent", "place-card")
    stage.lay_card()
    stage.until_situation("Reviewing", "record")


def _print_and_leave(stage: Stage, *, grade: str) -> None:
    stage.touch("confirm", "printing")
    stage.until_outcome("sent")
    stage.leave(grade=grade)


JOURNEYS: dict[str, Journey] = {
    "insurance-certificate": Journey(certificate, "a proof of social insurance, from touch to paper"),
    "insurance-certificate-en": Journey(certificate, "the same in English", language="en"),
    "insurance-certificate-large": Journey(certificate, "the same in large type", mode="large"),
    "insurance-certificate-contrast": Journey(certificate, "the same in high contrast", mode="contrast", language="en"),
    "insurance-certificate-low": Journey(certificate, "the same within a wheelchair's reach", mode="low"),
    "insurance-certificate-landscape": Journey(
        certificate, "the same on a landscape screen", language="en", size="1920x1080"
    ),
    "by-initials": Journey(certificate_by_initials, "the item found by its pinyin initials; nobody rates"),
    "rare-name-yan": Journey(certificate, "a name that holds 䶮", person="wang-yan"),
    "rare-name-hong": Journey(certificate, "a name that holds 𬭎", person="zhao-hong"),
    "card-lifted": Journey(card_lifted, "the card is lifted while it is read"),
    "reader-unplugged": Journey(reader_unplugged, "the reader is unplugged and comes back"),
    "paper-runs-out": Journey(paper_runs_out, "the paper runs out during the print"),
    "central-unreachable": Journey(central_unreachable, "central cannot be reached before the query"),
    "offline-after-commit": Journey(offline_after_commit, "central cannot be reached after the commit"),
    "card-read": Journey(card_read, "only as far as the record", outcome="none", default=False),
    "check-certificate": Journey(check_certificate, "a printed certificate is checked by its code"),
    "card-forgotten": Journey(card_forgotten, "the card is left on the reader"),
}
"""Every journey by name; ``kiosk tour --all`` plays them in this order."""
