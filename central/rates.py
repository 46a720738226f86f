"""How often one address may ask about codes, or try one: a token bucket for each, in memory.

A code has 75 random bits, so guessing is hopeless; this keeps someone who tries from loading the
database, and leaves room for an office where many people share one address. State is lost on restart
and not shared between servers: a proxy in front has to hold a stricter line if one is needed.
"""

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

BURST = 30
"""Questions that an address may ask at once."""
PER_MINUTE = 30
"""Questions that it gains back in a minute."""
ADDRESSES = 10_000
"""Addresses remembered; the one asked for longest ago is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at_s: float


class RateLimit:
    """Token buckets by address. Safe between threads."""

    def __init__(self, monotonic: Callable[[], float], *, burst: float = BURST, per_minute: float = PER_MINUTE) -> None:
        self._monotonic = monotonic
        self._burst = burst
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Take one question from the address's bucket, or tell that it is empty."""
        with self._lock:
            bucket = self._filled(address)
            if bucket.left < 1:
                return False
            bucket.left -= 1
            return True

    def is_spent(self, address: str) -> bool:
        """Tell whether the address's bucket is empty, and take nothing."""
        with self._lock:
            return self._filled(address).left < 1

    def _filled(self, address: str) -> _Bucket:
        key, now_s = _key(address), self._monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(self._burst, now_s))
        self._buckets.move_to_end(key)
        bucket.left = min(self._burst, bucket.left + (now_s - bucket.at_s) * self._per_minute / 60)
        bucket.at_s = now_s
        if len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket


def _key(address: str) -> str:
    """One household or office has one IPv4 address, or one /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "?"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
