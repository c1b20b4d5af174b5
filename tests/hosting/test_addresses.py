"""The addresses at which devices of the same network find this machine."""

import ipaddress

import pytest

from mnist_core.hosting.addresses import find_addresses, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_who_listens_on_loopback_is_found_by_nobody(host):
    assert is_loopback(host)
    assert find_addresses(host) == []


@pytest.mark.parametrize(("host", "address"), [("10.0.0.3", "10.0.0.3"), ("fd00::1", "[fd00::1]"), ("pc", "pc")])
def test_one_address_is_that_one(host, address):
    assert find_addresses(host) == [address]


def test_everywhere_is_each_address_of_this_machine():
    for address in find_addresses("0.0.0.0"):
        assert not ipaddress.ip_address(address).is_loopback
