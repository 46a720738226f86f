"""Writes ``docs/log-events.md`` from the table of log events, so that an auditor reads what the code says.

`--check` only tells whether the page is up to date.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kiosk_app.base.log_events import LogEvent  # noqa: E402 - our tree first

PAGE = ROOT / "docs" / "log-events.md"
HEAD = """# Log events

Every line a terminal can log, and every key a line can carry; nothing else is ever written. Made from
`kiosk_app/base/log_events.py` by `packaging/log_events_page.py`. Each line also has `at` and `level`.

| Event | Level | Meaning | Keys |
| --- | --- | --- | --- |
"""


def page() -> str:
    """Return the page's text."""
    rows = [
        f"| `{kind.name}` | {kind.level} | {kind.meaning} | {', '.join(f'`{key}`' for key in sorted(kind.keys))} |"
        for kind in (event.value for event in LogEvent)
    ]
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 when the page is out of date")
    if parser.parse_args().check:
        return 0 if PAGE.exists() and PAGE.read_text("utf-8") == page() else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
