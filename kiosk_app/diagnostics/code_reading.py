"""``kiosk device decode``: the codes in pictures, by the same code finder that looks through a camera.

Prints them in full, since whoever asks has the picture; so it is for pictures of one's own, not of citizens'.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from devices.drivers.code_finder import FoundCode
from devices.drivers.still_codes import NoPicture, codes_in


def decode_images(images: Sequence[Path], *, as_json: bool) -> int:
    """Print the codes of each image; 0 when each held one, else 1 with the reason."""
    told: list[dict[str, Any]] = []
    for image in images:
        codes: list[FoundCode] = []
        trouble = ""
        try:
            codes = codes_in(image)
        except NoPicture as error:
            trouble = str(error)
        except OSError as error:
            trouble = error.strerror or type(error).__name__
        told.append({"image": str(image), "codes": [_row(code) for code in codes], "trouble": trouble})
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        for entry in told:
            _print(entry)
    return 0 if all(entry["codes"] for entry in told) else 1


def _row(code: FoundCode) -> dict[str, Any]:
    return {
        "text": code.text,
        "symbology": code.symbology.value,
        "position": [list(corner) for corner in code.position],
        "decoder": code.decoder,
        "unreadable": code.unreadable,
    }


def _print(entry: dict[str, Any]) -> None:
    for code in entry["codes"]:
        said = _printable(code["text"]) if not code["unreadable"] else f"(not readable: {code['unreadable']})"
        print(f"{entry['image']}: {code['symbology']}: {said}")
    if not entry["codes"]:
        print(f"kiosk device decode: {entry['image']}: {entry['trouble'] or 'no code was found'}", file=sys.stderr)


def _printable(text: str) -> str:
    """Write what a terminal might obey, such as an escape, so that it only shows."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
