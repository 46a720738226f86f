"""``kiosk device list-drivers``: which drivers there are, how far each is proven, and what each takes.

Reads tables only: no driver is imported and no device looked for.
"""

import json

from devices.grades import GRADES
from devices.registry import driver_names, kind_of
from kiosk_app.diagnostics.trial_settings import keys_of, shown_key

_UNGRADED = "none"


def list_drivers(*, as_json: bool) -> int:
    """Print every driver; always 0."""
    rows = [
        {
            "driver": driver,
            "kind": kind_of(driver),
            "grade": grade.value if (grade := GRADES.get(driver)) else _UNGRADED,
            "settings": [shown_key(key, field) for key, field in keys_of(driver).items()],
        }
        for driver in driver_names()
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    print(f"{'driver':<18}{'kind':<18}{'grade':<8}settings")
    for row in rows:
        print(f"{row['driver']:<18}{row['kind']:<18}{row['grade']:<8}{' '.join(row['settings'])}")
    return 0
