"""Addresses as they may be told: who logs in with what, path and query stay unsaid.

A camera's stream carries its password in its address, and a password may hold anything that otherwise ends an
address' part. So all before the last ``@`` of the line goes, and all after the host. Decides nothing else.
"""

import re

_ADDRESS = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]*)://(?:.*@)?([^\s/?#@\"']*).*")


def told(text: str) -> str:
    """Return `text` with the address in each of its lines cut to scheme and host; what follows it in the line goes."""
    return _ADDRESS.sub(r"\1://\2", text)
