"""The bucket: what is spent comes back with time, and memory stays bounded."""

from central import rates
from central.rates import RateLimit


class Hand:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_an_address_may_ask_its_burst_and_then_at_its_rate() -> None:
    clock = Hand()
    limit = RateLimit(clock)
    assert all(limit.allows("192.0.2.1") for _ in range(rates.BURST))
    assert not limit.allows("192.0.2.1")
    clock.now_s += 60 / rates.PER_MINUTE
    assert limit.allows("192.0.2.1")
    assert not limit.allows("192.0.2.1")


def test_waiting_long_gives_no_more_than_the_burst() -> None:
    clock = Hand()
    limit = RateLimit(clock)
    limit.allows("192.0.2.1")
    clock.now_s += 1_000_000
    assert sum(limit.allows("192.0.2.1") for _ in range(rates.BURST * 2)) == rates.BURST


def test_addresses_of_one_ipv6_network_share_and_mapped_ipv4_is_ipv4() -> None:
    limit = RateLimit(Hand())
    assert all(limit.allows(f"2001:db8::{number:x}") for number in range(rates.BURST))
    assert not limit.allows("2001:db8::ffff")
    assert limit.allows("2001:db8:0:1::1")
    assert all(limit.allows("::ffff:192.0.2.9") for _ in range(rates.BURST))
    assert not limit.allows("192.0.2.9")


def test_many_addresses_do_not_fill_the_memory() -> None:
    limit = RateLimit(Hand())
    for number in range(rates.ADDRESSES + 500):
        limit.allows(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limit._buckets) == rates.ADDRESSES
