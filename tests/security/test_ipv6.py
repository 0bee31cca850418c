"""IPv6: a household has a /64 and a customer a /48; neither evades rate limits by changing its address."""

from __future__ import annotations

import pytest

from whichpath.channels.guards.limits import WIDE, Limits, Rate, network_of, wide_of

RATE = Rate(burst=3, per_second=0.001)


@pytest.mark.parametrize(("address", "network", "wide"), [
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"), ("[2001:db8:1:2::9]", "2001:db8:1:2::/64", "2001:db8:1::/48"),
    ("::ffff:203.0.113.9", "203.0.113.9", None), ("203.0.113.9", "203.0.113.9", None), ("unknown", "unknown", None),
])  # fmt: skip
def test_what_counts_as_one_address(address, network, wide):
    assert network_of(address) == network
    assert wide_of(network) == wide


async def test_another_address_of_the_same_64_is_the_same_one():
    rates = Limits(lambda: 0.0)
    taken = [await rates.take_at(RATE, network_of(f"2001:db8:1:2::{number:x}")) for number in range(6)]
    assert taken == [True] * 3 + [False] * 3


async def test_a_whole_48_has_so_much_and_no_more():
    rates = Limits(lambda: 0.0)
    taken = [await rates.take_at(RATE, network_of(f"2001:db8:1:{number:x}::1")) for number in range(200)]
    assert sum(taken) == RATE.burst * WIDE
    assert await rates.take_at(RATE, network_of("2001:db8:2:1::1")), "others are others"
    assert await rates.take_at(RATE, "203.0.113.9")


async def test_every_ipv4_address_is_one_of_its_own():
    rates = Limits(lambda: 0.0)
    assert all([await rates.take_at(RATE, f"203.0.113.{number}") for number in range(200)])
