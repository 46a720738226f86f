"""Reading a configuration for a command: the settings, or on standard error what is wrong with the file."""

import sys
from pathlib import Path

from kiosk_app.base.settings import Settings, load_settings
from kiosk_app.base.settings_faults import worded


def load(path: Path) -> Settings | None:
    """Return the settings; None when the file is wrong, which has then been said."""
    try:
        return load_settings(path)
    except (OSError, ValueError) as error:
        sys.stderr.write("\n".join(worded(path, error)) + "\n")
    return None
