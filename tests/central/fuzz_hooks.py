"""Loaded by Schemathesis into its own process: signs every request as the terminal whose key it is given."""

import os

import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.central.terminal import Terminal

_KIOSK, _KEY = os.environ["KIOSK_FUZZ_TERMINAL"].split(":")
_TERMINAL = Terminal(_KIOSK, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_KEY)))

schemathesis.auth.set_from_requests(_TERMINAL)  # type: ignore[attr-defined] # documented, and untyped there
