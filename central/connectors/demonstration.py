"""The embedded demonstration registers: synthetic people in central's own tables.

They are filled by ``kiosk-central demo-data`` and answer like any register would, by document type
and number. A database without demonstration data has no register of this kind.
"""

from typing import cast

from central.connectors import Facts, RegisterUnavailable, Subject
from central.models import DemonstrationRecord, DemonstrationRegister
from central.store import Store
from contract.persons import Applicant


class DemonstrationRegisters:
    """Answers from the tables."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def serves(self, register_name: str) -> bool:
        with self._store.reading() as session:
            return session.get(DemonstrationRegister, register_name) is not None

    def ask(self, register_name: str, subject: Subject, timeout_s: float) -> Facts | None:  # noqa: ARG002 - a local table needs no patience
        if not isinstance(subject, Applicant):
            raise RegisterUnavailable("it holds people")
        with self._store.reading() as session:
            key = (register_name, subject.document_type, subject.document_number)
            record = session.get(DemonstrationRecord, key)
            return None if record is None else cast("Facts", record.facts)
