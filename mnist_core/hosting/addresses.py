"""Under which addresses other machines of the local network reach this one. Nothing is sent: the system is asked."""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import socket

# In each of the networks that homes and schools use; a socket that is only connected to one sends nothing.
_ELSEWHERE = ("10.255.255.255", "172.31.255.255", "192.168.255.255")
_EVERYWHERE = ("0.0.0.0", "::", "")


def is_loopback(host: str) -> bool:
    """Returns whether a server that listens on this host is reached by this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def find_addresses(host: str) -> list[str]:
    """Returns the addresses at which a server that listens on this host is reached by others, as parts of a URL.

    The one that this machine speaks from comes first; those of the newer kind, too long to be typed, are left out.
    """
    if is_loopback(host):
        return []
    if host not in _EVERYWHERE:
        return [f"[{host}]" if ":" in host else host]
    found = dict.fromkeys([*_ask_routes(), *_ask_names()])
    return [address for address in found if _is_of_network(address)]


def _ask_routes() -> list[str]:
    """Asks from which of its addresses this machine would speak to others."""
    found = []
    for target in _ELSEWHERE:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            found.append(probe.getsockname()[0])
    return found


@functools.cache
def _ask_names() -> list[str]:
    """Asks for the addresses that this machine's own name has, once: a network may take seconds to say."""
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    except OSError:
        return []


def _is_of_network(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return not (found.is_loopback or found.is_link_local or found.is_unspecified or found.is_multicast)
