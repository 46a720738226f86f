"""How much a fact or a file tells about a person; the class alone decides masking, logging and retention.

``sensitive`` are the kinds of the Personal Information Protection Law, article 28: biometrics, health,
finances, whereabouts, anything of a child below fourteen. A photograph of a face is sensitive.
"""

from enum import StrEnum


class Privacy(StrEnum):
    """The class of a field or of an attachment."""

    OPEN = "open"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
