"""The verification code of a document: 16 characters of Crockford's base32, the last one a check.

The check is Damm's algorithm over GF(2^5): a wrong character, two swapped neighbours and two swapped
characters anywhere are all caught, which neither Luhn mod 32 (misses one swap) nor ISO 7064 MOD 37,36
(answers outside the 32 characters) can promise. It guards against typing, never against forging.
Nothing here makes a code up: whoever issues a document brings 15 characters nobody can guess.
"""

import unicodedata
from urllib.parse import parse_qs, urlsplit

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O (they are read as 1 and 0) and no U."""
CODE_LENGTH = 16
BODY_LENGTH = CODE_LENGTH - 1

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = frozenset({"Pd", "Pc", "Zs", "Zl", "Zp", "Cc", "Cf"})
_MINUS = "\N{MINUS SIGN}"  # looks like a dash, is a symbol to Unicode
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1 is primitive, so the weights of all 16 places differ


def check_character(body: str) -> str:
    """Return the character that completes the 15 of `body`.

    Raises:
        ValueError: `body` is not 15 characters of `ALPHABET`.
    """
    if len(body) != BODY_LENGTH or not set(body) <= _VALUES.keys():
        raise ValueError(f"a code's body is {BODY_LENGTH} characters of Crockford's base32")
    return ALPHABET[_fold(body)]


def normalise(text: str) -> str:
    """Return `text` as the code it may be meant as.

    Lower case, full-width forms, blanks and dashes of any kind are evened out, and O, I and L read as
    digits; what else does not belong stays in, so that `is_wellformed` refuses it.
    """
    folded = unicodedata.normalize("NFKC", text).upper().translate(_READ_AS)
    return "".join(c for c in folded if unicodedata.category(c) not in _SEPARATORS and c != _MINUS)


def is_wellformed(text: str) -> bool:
    """Tell whether `text`, as `normalise` returns it, is a code whose check character is right."""
    return len(text) == CODE_LENGTH and set(text) <= _VALUES.keys() and _fold(text) == 0


def in_scan(text: str, verify_url: str) -> str | None:
    """Return the code that a scanned text carries: an address below `verify_url`, or a code by itself.

    None for everything else, such as another site's address with a code of ours in it: a forged
    paper may lead whoever scans it elsewhere.
    """
    code = normalise(text)
    if not is_wellformed(code):
        code = normalise(_asked_for(text, verify_url))
    return code if is_wellformed(code) else None


def _asked_for(address: str, verify_url: str) -> str:
    """Return the ``code`` that an address asks the verification page for; "" when it asks another page."""
    try:
        asked, ours = urlsplit(address.strip()), urlsplit(verify_url)
        site = _site(ours.scheme, ours.netloc)
        same_page = bool(site) and (_site(asked.scheme, asked.netloc), asked.path) == (site, ours.path)
        query, fixed = parse_qs(asked.query), parse_qs(ours.query)
    except ValueError:
        return ""
    if not same_page or any(query.get(key) != value for key, value in fixed.items()):
        return ""
    found = query.get("code", [])
    return found[0] if len(found) == 1 else ""


def _site(scheme: str, host: str) -> str:
    """Return the host, with its port unless that is the scheme's own; "" for what is no page's address."""
    port = {"http": ":80", "https": ":443"}.get(scheme.lower())
    return host.lower().removesuffix(port) if port is not None else ""


def group(text: str) -> str:
    """Write a code for people: ``XXXX-XXXX-XXXX-XXXX``."""
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _fold(text: str) -> int:
    folded = 0
    for character in text:
        folded = _TWICE[folded ^ _VALUES[character]]
    return folded


def _times_two(value: int) -> int:
    """Multiply by x in GF(2^5)."""
    shifted = value << 1
    return shifted ^ _POLYNOMIAL if shifted & 0b100000 else shifted


_TWICE = tuple(_times_two(value) for value in range(32))
