"""The commands of ``kiosk-central``, a few in each module; `central.__main__` knows all of them.

Every command explains its failures on standard error and ends 0 (done), 1 (failed, explained) or 2
(wrong use), and prints machine-readable output only with ``--json``.
"""
