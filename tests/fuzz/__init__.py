"""Coverage-guided fuzzing of everything that decodes bytes from outside.

Each target says what may come out of any bytes at all. A short run of each is part of the tests; longer ones
are ``./test tests/fuzz --fuzz SECONDS``.
"""
