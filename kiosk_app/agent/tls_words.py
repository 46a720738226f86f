"""What is wrong with a certificate, in a few fixed words: OpenSSL's messages quote names and addresses.

Only a certificate that was looked at and refused has a word here; a handshake that broke off has none, since
that is a bad line and not a bad central.
"""

import ssl
from typing import Final

_WORDS: Final = {
    9: "not valid yet, or our clock is wrong",
    10: "expired, or our clock is wrong",
    18: "self-signed",
    19: "of an authority that is not ours",
    20: "of an authority that is not ours",
    21: "of an authority that is not ours",
    62: "of another host",
    64: "of another address",
}
"""By X509_V_ERR_* of OpenSSL's x509_vfy.h."""


def tls_word(error: BaseException | None) -> str:
    """Return what is wrong with the certificate that `error` is about; nothing when it is about none."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        looked = pending.pop()
        if not isinstance(looked, BaseException) or id(looked) in seen:
            continue
        seen.add(id(looked))
        if isinstance(looked, ssl.SSLCertVerificationError):
            return _WORDS.get(looked.verify_code, f"refused ({looked.verify_code})")
        # The HTTP libraries hand each other's errors on as causes, as contexts, as `reason` or as arguments.
        pending += [looked.__cause__, looked.__context__, getattr(looked, "reason", None)]
        pending += [held for held in looked.args if isinstance(held, BaseException)]
    return ""
