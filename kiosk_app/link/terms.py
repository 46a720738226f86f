"""The delays and bounds of a link, and the two ways in which a question stays without an answer."""

from dataclasses import dataclass

from kiosk_app.link.messages import Json


class LinkLost(Exception):
    """The peer is gone, so the question has no answer. Whether it heard it nobody knows."""


class AskFailed(Exception):
    """The peer answered that it cannot; `value` says why, in the link's own terms."""

    def __init__(self, value: Json) -> None:
        super().__init__("the peer could not answer")
        self.value = value


@dataclass(frozen=True, slots=True)
class LinkPace:
    """The delays and bounds of a link."""

    beat_s: float = 0.5
    """Between signs of life."""
    silent_s: float = 2.0
    """A peer that is not heard for so long is given up."""
    hello_s: float = 5.0
    """A peer that connected has to say who it is within this."""
    backlog_bytes: int = 16 * 1024 * 1024
    """A peer that has more than this to read, beside the message under way, is given up."""
    again_first_s: float = 0.02
    again_last_s: float = 0.5
    """Between attempts to connect, growing from the first to the last, each shortened at random by up to half."""
    refused_s: float = 5.0
    """Before the next attempt after a refusal: only another release on either side can change it."""
