"""Loads what ships for trying the product out: the seed catalogue and the registers of synthetic people.

Loading again replaces what is there and adds nothing twice. Rows of people who are no longer in the
demonstration are removed, so that the tables are exactly the shipped ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

import assets
from central import catalogue
from central.models import DemonstrationRecord, DemonstrationRegister
from central.store import Store
from contract.catalogue import Catalogue
from contract.persons import RESIDENT_CARD

_DOCUMENT_TYPES = {"resident": RESIDENT_CARD, "J": "553", "I": "554", "Y": "554"}
"""GA/T 2000.156 codes by the mark on the card: `J` and `I`, `Y` are residence permits of 553 and 554."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is after loading."""

    catalogue_version: int
    registers: int
    people: int
    records: int


def load_shipped(store: Store) -> Loaded:
    """Load the demonstration that ships with this release."""
    return load(store, Catalogue.model_validate(assets.seed_catalogue()), assets.demonstration_people())


def load(store: Store, seed: Catalogue, people: Sequence[Mapping[str, Any]]) -> Loaded:
    """Load a catalogue and the people's registers, all of it or nothing."""
    names = sorted({name for person in people for name in person["registers"]})
    records = [
        DemonstrationRecord(
            register_name=name,
            document_type=_DOCUMENT_TYPES[person["card"]["layout"]],
            document_number=person["card"]["number"],
            facts=facts,
        )
        for person in people
        for name, facts in person["registers"].items()
        if facts is not None
    ]
    with store.writing() as session:
        catalogue.load(session, seed)
        session.execute(delete(DemonstrationRecord))
        session.execute(delete(DemonstrationRegister))
        session.add_all(DemonstrationRegister(name=name) for name in names)
        session.flush()
        session.add_all(records)
    return Loaded(seed.version, len(names), len(people), len(records))
