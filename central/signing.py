"""Central's own keys: one for orders, which an operator holds, and one for answers, which servers hold.

A private half lies in a file that its owner alone can read, and never in the database or a backup of it.
"""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.signatures import key_id


class SigningKey:
    """An Ed25519 key in a file of its own."""

    def __init__(self, file: Path) -> None:
        """Read the key, or make it.

        Raises:
            OSError: the file cannot be read or made.
            ValueError: it holds no Ed25519 key.
        """
        if not file.exists():
            _make(file)
        loaded = serialization.load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")  # noqa: TRY004 - the file's content is wrong, no argument's type
        self._key = loaded
        public = loaded.public_key().public_bytes_raw()
        self.key_id = key_id(public)
        self.public_key = base64.b64encode(public).decode("ascii")

    def sign(self, text: bytes) -> str:
        """Return the signature over `text` in base64."""
        return base64.b64encode(self._key.sign(text)).decode("ascii")


def _make(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another command made it at the same moment
    with os.fdopen(made, "wb") as opened:
        opened.write(pem)
        opened.flush()
        os.fsync(opened.fileno())
