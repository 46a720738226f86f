"""Values that cross a wire: between processes of a terminal, and to central.

Everything here is a frozen pydantic model or a plain enumeration. Nothing here reads a clock,
a file, a socket or a random source, except `contract.ids`, which makes identifiers.
"""
