"""Making releases: freezes the terminal, and refuses to put simulators or tests into what it freezes.

Runs on a developer's or a build machine, never on a terminal.
"""
