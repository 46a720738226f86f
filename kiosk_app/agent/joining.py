"""``kiosk enrol``: exchange a one-time code for this terminal's key, for the person who stands at it.

Says in a sentence what went wrong and what to do. Refuses to run as another user than the agent's, whose
file the key is. Shows neither key nor code.
"""

import os
import sys
from pathlib import Path
from typing import Final

from contract.ids import KioskId
from kiosk_app.agent.central import Central
from kiosk_app.agent.central_clock import CentralClock
from kiosk_app.agent.enrolment import enrol
from kiosk_app.agent.exchange import CentralTrouble
from kiosk_app.agent.identity import Identity, IdentityFile, IdentityUnusable
from kiosk_app.base.clock import SystemClock
from kiosk_app.base.machine_settings import Settings

_SECONDS: Final = 30.0
_HINTS: Final = {
    "bad-code": "the code is wrong, was used, ran out, or is another terminal's; have a new one made",
    "too-many-requests": "too many codes were tried from here; wait a minute",
    "clock-skew": "the clock of this machine cannot be brought together with central's",
}


def join(settings: Settings, code: str) -> int:
    """Enrol the terminal; 0 when it is known to central now, else 1 with the reason on standard error."""
    state = settings.kiosk.state_dir
    owner = _owner(state)
    if owner != os.geteuid():
        return _failed(f"{state} belongs to user {owner}; run this as that user, such as with sudo -u #{owner}")
    try:
        identity = let_in(settings, code)
    except CentralTrouble as trouble:
        hint = _HINTS.get(trouble.problem.word, trouble.fault.detail)
        return _failed(f"{trouble.fault.code}: {hint}" if hint else trouble.fault.code)
    except IdentityUnusable as unusable:
        return _failed(str(unusable))
    except BlockingIOError:
        return _failed("the terminal changes its key just now; try again")
    except OSError as error:
        return _failed(f"{error.filename or state}: {error.strerror}")
    sys.stdout.write(f"{identity.kiosk} is enrolled; its key is good until {identity.not_after}\n")
    return 0


def let_in(settings: Settings, code: str) -> Identity:
    """Exchange the code. Raises as `enrol`."""
    clock = SystemClock()
    file = IdentityFile(settings.kiosk.identity_file)
    central = Central(settings.central, file, clock, CentralClock(clock))
    return enrol(central, file, KioskId(settings.kiosk.id), code, seconds=_SECONDS)


def _owner(folder: Path) -> int:
    """Whose the nearest folder is that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.stat().st_uid


def _failed(sentence: str) -> int:
    sys.stderr.write(f"kiosk enrol: {sentence}\n")
    return 1
