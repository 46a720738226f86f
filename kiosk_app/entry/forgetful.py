"""Forgetful memory: what the agent and the drivers let go of is overwritten at once, not when somebody else needs it.

They outlive the visits that they serve, and neither Python's allocator nor the C library clears what was
freed. With Python's own allocator out of the way every object is freed to the C library, which overwrites it
(mallopt(3), M_PERTURB); its per-thread caches are off because they would skip that. Read when a process
starts, so whoever starts one sets it: here, or `Environment=` of its systemd unit.
"""

from collections.abc import Mapping
from typing import Final

FORGETFUL: Final[Mapping[str, str]] = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=255:glibc.malloc.tcache_count=0",
}
