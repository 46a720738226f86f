"""A card's life in the reader: put in, read once, and never read for the citizen who comes after."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from devices.drivers.insertion import Insertion, Phase, Presence, Sight


def sight(presence: Presence, turns: int) -> Sight:
    return Sight("reader", presence, turns)


def phase(insertion: Insertion) -> Phase:
    return insertion.phase


def put_in(turns: int = 1) -> Insertion:
    insertion = Insertion()
    insertion.see(sight(Presence.CARD, turns))
    return insertion


def test_a_card_that_is_put_in_waits_to_be_read() -> None:
    assert phase(put_in()) is Phase.IN


def test_a_card_that_was_read_stays_read_while_it_lies_there() -> None:
    insertion = put_in()
    insertion.read()
    assert not insertion.see(sight(Presence.CARD, 1))
    assert phase(insertion) is Phase.READ


def test_a_card_that_was_swapped_between_two_looks_is_a_new_one() -> None:
    insertion = put_in(turns=1)
    insertion.read()
    insertion.see(sight(Presence.CARD, 3))
    assert phase(insertion) is Phase.IN


def test_a_card_that_was_read_stays_read_when_the_service_starts_anew() -> None:
    insertion = put_in(turns=7)
    insertion.read()
    insertion.lose_sight()
    insertion.see(sight(Presence.UNKNOWN, 0))
    insertion.see(sight(Presence.CARD, 0))
    assert phase(insertion) is Phase.READ
    insertion.see(sight(Presence.CARD, 2))
    assert phase(insertion) is Phase.IN


def test_a_card_that_was_read_and_taken_while_the_service_was_away_is_gone() -> None:
    insertion = put_in()
    insertion.read()
    insertion.lose_sight()
    insertion.see(sight(Presence.EMPTY, 0))
    insertion.see(sight(Presence.CARD, 1))
    assert phase(insertion) is Phase.IN


def test_a_card_that_was_refused_is_tried_again_when_the_service_starts_anew() -> None:
    insertion = put_in()
    insertion.refuse()
    assert not insertion.see(sight(Presence.CARD, 1))
    assert phase(insertion) is Phase.REFUSED
    insertion.lose_sight()
    insertion.see(sight(Presence.CARD, 0))
    assert phase(insertion) is Phase.IN


def test_a_card_is_not_gone_before_the_service_has_looked_for_itself() -> None:
    insertion = put_in(turns=3)
    insertion.announce()
    assert not insertion.see(sight(Presence.EMPTY, 3))
    assert phase(insertion) is Phase.IN
    assert insertion.see(sight(Presence.EMPTY, 4))
    assert phase(insertion) is Phase.OUT


def test_who_was_told_of_a_card_is_told_that_it_is_gone_and_nobody_else() -> None:
    told, untold = put_in(), put_in()
    assert told.announce()
    assert not told.announce()
    assert told.see(sight(Presence.EMPTY, 2))
    assert not untold.see(sight(Presence.EMPTY, 2))
    assert not told.see(sight(Presence.EMPTY, 2))


def test_a_card_that_was_read_goes_without_a_word_unless_it_was_left() -> None:
    insertion = put_in()
    insertion.announce()
    insertion.read()
    assert not insertion.see(sight(Presence.EMPTY, 2))


class LifeOfCards(RuleBasedStateMachine):
    """A reader as it truly is, beside what looks tell of it."""

    def __init__(self) -> None:
        super().__init__()
        self.insertion = Insertion()
        self.turns = 0
        self.lies = self.read = self.restarted = False

    @rule()
    def take(self) -> None:
        self.turns += self.lies
        self.lies = False

    @rule()
    def put_in(self) -> None:
        self.turns += not self.lies
        self.read = self.read and self.lies
        self.lies = True

    @rule()
    def restart(self) -> None:
        # A card that is swapped while the service is away cannot be told from one that stays.
        self.restarted, self.turns = True, 0
        self.insertion.lose_sight()

    @rule()
    def look_in_vain(self) -> None:
        self.insertion.see(sight(Presence.UNKNOWN, 0))

    @rule(then=st.sampled_from(["nothing", "read", "refuse"]))
    def look(self, then: str) -> None:
        self.insertion.see(sight(Presence.CARD if self.lies else Presence.EMPTY, self.turns))
        phase = self.insertion.phase
        assert (phase is Phase.OUT) is not self.lies
        assert not (self.read and phase is Phase.IN), "a card that was read is offered again"
        assert self.read or self.restarted or phase is not Phase.READ, "a new card is taken for the old one"
        if phase is Phase.IN and then == "read":
            self.insertion.read()
            self.read = True
        elif phase is Phase.IN and then == "refuse":
            self.insertion.refuse()


TestLifeOfCards = LifeOfCards.TestCase
