"""What pytest collects for the bench that ``--bench`` names: the suite that fits it."""

from devices.conformance.plugin import chosen_suite

TestDriver = type("TestDriver", (chosen_suite(),), {"__doc__": "The driver on its bench."})
