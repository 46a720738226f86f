"""What is fuzzed: modules with `check`, which takes any bytes and raises when a promise is broken, and `seeds`.

Seeds are made by the codecs' own encoders, never kept as files: so they follow when a format changes.
"""

from collections.abc import Iterator


def pieces(data: bytes) -> Iterator[bytes]:
    """Cut the bytes as a line would deliver them; the first byte says how."""
    if not data:
        return
    size, rest = data[0] % 64 + 1, data[1:]
    while rest:
        yield rest[:size]
        rest = rest[size:]


def whole(*parts: bytes) -> bytes:
    """Make a seed whose parts `pieces` delivers in pieces of 64 bytes."""
    return b"\x3f" + b"".join(parts)
