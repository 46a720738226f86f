"""What may not be in a release, looked for in what was frozen and not in what was asked for.

A simulator in a release is a terminal that can be made to say "printed" with nothing printed.
"""

import ast
from pathlib import Path

FORBIDDEN = ("benchmarks", "central", "devices.sim", "kiosk_app.entry.dev", "release", "tests", "pytest", "hypothesis")


def strangers(work: Path, made: Path) -> list[str]:
    """Return the modules and folders in the release `made` that do not belong there.

    `work` is where PyInstaller kept its tables of contents.
    """
    table = ast.literal_eval((work / "PYZ-00.toc").read_text("utf-8"))
    modules = [str(entry[0]) for entry in table[1]]
    folders = [str(path.relative_to(made)) for path in made.rglob("*") if path.is_dir()]
    return sorted({name for name in modules if _forbidden(name)}) + sorted(
        folder for folder in folders if _forbidden(folder.removeprefix("_internal/").replace("/", "."))
    )


def _forbidden(name: str) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in FORBIDDEN)
