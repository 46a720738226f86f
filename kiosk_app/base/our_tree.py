"""Makes sure that `devices`, `ui` and our other packages are ours and not somebody else's of the same name.

The names are words that other distributions use too, and the first on the path wins. Called once by each
entry, before anything is opened: a terminal that drives the wrong `devices` must not start.
"""

from importlib.util import find_spec
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent.parent
TERMINAL = ("assets", "contract", "devices", "kiosk_app", "offline_cache", "ui")


class ForeignPackageError(ImportError):
    """A package of ours is missing or would be taken from elsewhere."""


def assert_our_tree(names: tuple[str, ...] = TERMINAL, tree: Path = TREE) -> None:
    """Look where each package would come from, without importing it.

    Raises:
        ForeignPackageError: naming the package, and where it was found.
    """
    for name in names:
        spec = find_spec(name)
        origin = spec.origin if spec is not None else None
        if origin is None or not Path(origin).resolve().is_relative_to(tree / name):
            raise ForeignPackageError(f"package {name!r} comes from {origin or 'nowhere'}, not from {tree}", name=name)
