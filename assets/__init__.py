"""Files that ship with a release: fonts, icons, the seed catalogue and the demonstration's people.

Nothing is downloaded at run time; what set-up makes (the fonts) is named here, so that a missing one
is noticed by name.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
FONTS = ROOT / "fonts"
SANS_REGULAR = FONTS / "NotoSansSC-Regular.ttf"
SANS_BOLD = FONTS / "NotoSansSC-Bold.ttf"
RARE_A = FONTS / "HanaMinA.ttf"
RARE_B = FONTS / "HanaMinB.ttf"
"""Mincho faces that hold nearly every Han character: the fallback for rare names."""


def seed_catalogue() -> dict[str, Any]:
    """Return the catalogue that a terminal has before central ever gave it one.

    Valid input of `contract.catalogue.Catalogue`; document templates are read into it.
    """
    folder = ROOT / "catalogue"
    catalogue: dict[str, Any] = tomllib.loads((folder / "catalogue.toml").read_text("utf-8"))
    for template in catalogue.get("templates", []):
        template["rml"] = (folder / "templates" / f"{template['id']}.rml").read_text("utf-8")
    return catalogue


def demonstration_people() -> list[dict[str, Any]]:
    """Return the synthetic people of the demonstration: their cards and what registers hold of them."""
    people: list[dict[str, Any]] = json.loads((ROOT / "demo" / "people.json").read_text("utf-8"))["people"]
    return people
