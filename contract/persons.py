"""Who applies: the facts of an identity document that a case needs.

Document type codes are those of GA/T 2000.156 (111 is the resident identity card).
"""

from contract.model import Personal, Value

RESIDENT_CARD = "111"


class Applicant(Value):
    """The person a case belongs to."""

    name: Personal
    document_type: str
    document_number: Personal
    sex: Personal = ""
    birth_date: Personal = ""
    address: Personal = ""
    read_by: str
    """How the facts came in: the driver's name."""
