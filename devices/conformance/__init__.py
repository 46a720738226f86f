"""The conformance kit: what every driver of a capability has to do, as tests that run on any driver.

One suite a capability, over a *bench*: the driver, and hands at its device or simulator. Needs pytest, which a
terminal does not have; a driver's author does. `docs/drivers.md` walks through it. Our own drivers are held to
exactly these suites (tests/contracts).
"""

import pytest

_SUITES = ("camera", "code_scanner", "identity_reader", "lights", "printer", "sensor", "smart_card", "ups", "waiting")
# Before the first of them is imported, so that a failed assertion says what it saw.
pytest.register_assert_rewrite(*(f"{__name__}.{suite}" for suite in _SUITES))
