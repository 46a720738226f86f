"""How much room something takes: asked in a process of its own, where no other test's threads take any.

``python -m tests.room MODULE FUNCTION ARGUMENTS…`` runs a function of a test's module and says the most bytes that it
held at once.
"""

import importlib
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]


def most_room(function: Callable[..., None], *arguments: str) -> int:
    """Return the most bytes that Python held at once while a module's function ran; what it asserts must hold."""
    command = [sys.executable, "-m", "tests.room", function.__module__, function.__name__, *arguments]
    return int(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)


if __name__ == "__main__":
    _module, _name, *_arguments = sys.argv[1:]
    _function = getattr(importlib.import_module(_module), _name)
    tracemalloc.start()
    _function(*_arguments)
    sys.stdout.write(f"{tracemalloc.get_traced_memory()[1]}\n")
