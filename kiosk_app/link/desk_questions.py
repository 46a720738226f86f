"""What can be asked over the desk link: each question's name, what goes with it and what comes back.

Every question may be asked again, because a link that broke does not say whether it was heard: the desk
answers the same confirmation with the same receipt, and a mark that is set is set. That is what lets a
citizen's visit outlive an agent that was killed.
"""

from dataclasses import dataclass
from typing import Any

from contract.cases import Receipt
from contract.catalogue import Catalogue
from contract.ids import CaseId, VisitId
from contract.lookups import LookupAnswer, LookupRequest
from kiosk_app.link.desk import AttachmentPiece, CommitRequest, Interrupted, Rating, Reprint, Screenshot
from kiosk_app.link.parties import Party

VERSION = 1
SOCKET = "agentd.sock"
"""The name of the socket in the terminal's run folder."""
EVENT = "event"
"""What the desk publishes is said under this name."""

SCREEN = Party(link="desk", version=VERSION, role="ui", talks_to=frozenset({"agentd"}))
AGENT = Party(link="desk", version=VERSION, role="agentd", talks_to=frozenset({"ui", "ctl"}))


@dataclass(frozen=True, slots=True)
class Question:
    """The types of one question; None where nothing travels."""

    carries: Any
    answer: Any


QUESTIONS: dict[str, Question] = {
    "catalogue": Question(None, Catalogue),
    "resume": Question(None, Interrupted | None),
    "begin_visit": Question(VisitId, None),
    "end_visit": Question(VisitId, None),
    "look_up": Question(LookupRequest, LookupAnswer),
    "attach": Question(AttachmentPiece, int),
    "commit": Question(CommitRequest, Receipt),
    "cancel_print": Question(CaseId, None),
    "reprint": Question(Reprint, None),
    "rate": Question(Rating, None),
    "screenshot": Question(Screenshot, None),
    "tell": Question(CaseId, None),
}
