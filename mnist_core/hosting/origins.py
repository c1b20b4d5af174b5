"""Where a request comes from: the machine that asks, the address that it asked for, and the page that made it ask.

A browser sends what any page tells it to send. Its `Sec-Fetch-Site` and `Origin` headers, which no page can change, say
whose page that was. They prove nothing where the address itself is another's: a foreign name may be made to lead to
this machine. Therefore names of the wide network count only when a trusted proxy passes them on. Programs send none of
these headers and are let through.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence

from starlette.types import Scope

from ..errors import RefusedError
from .settings import Network

Headers = Mapping[str, str]

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?", re.IGNORECASE)
_LOCAL_ENDINGS = (".local", ".localhost")
# Gradio builds addresses from these.
_FORWARDED = (b"x-forwarded-", b"forwarded", b"x-gradio-server")


def read_headers(scope: Scope) -> dict[str, str]:
    """Returns the headers of a request by name, in small letters; of several of one name, joined by commas."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def find_route(scope: Scope) -> str:
    """Returns the path of a request below the address under which the page is served, without a slash at its end."""
    path, root = scope.get("path", ""), scope.get("root_path", "").rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    return path.rstrip("/") or "/"


class Proxies:
    """Tells which proxies are trusted, and reads what they say of a request.

    Args:
        trusted: The proxies' networks.
        own_name: A name of this machine, beside its addresses and the names of the local network.
    """

    def __init__(self, trusted: Sequence[Network], own_name: str = "") -> None:
        self._trusted = tuple(trusted)
        self._own_name = own_name.lower()

    def apply(self, scope: Scope) -> Scope:
        """Returns the request as a trusted proxy describes it; what others say of addresses is left out.

        Returns:
            A copy of `scope` with its client and scheme, and with "host": the address that was asked for.

        Raises:
            RefusedError: That address is not this server's.
        """
        headers = read_headers(scope)
        host, client = headers.get("host", ""), scope.get("client") or ("", 0)
        scope = {**scope, "host": host.lower(), "client": client}
        if self._is_trusted(client[0]):
            scope["client"] = self._find_client(headers.get("x-forwarded-for", ""), client)
            scope["scheme"] = _find_scheme(scope["scheme"], headers.get("x-forwarded-proto", ""))
            forwarded = headers.get("x-forwarded-host", "").partition(",")[0].strip()
            scope["host"] = (forwarded or host).lower()
        else:
            scope["headers"] = [header for header in scope["headers"] if not header[0].startswith(_FORWARDED)]
            self._check_own(scope["host"])
        if scope["host"] and not _HOST.fullmatch(scope["host"]):
            raise RefusedError(
                400, "The Host header is not an address. Expected a name or an IP address, with or without a port."
            )
        return scope

    def _is_trusted(self, address: str) -> bool:
        if not self._trusted:
            return False
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in self._trusted)

    def _find_client(self, forwarded_for: str, client: tuple[str, int]) -> tuple[str, int]:
        """Returns the nearest machine, seen from here, that is no trusted proxy; if all are, the farthest."""
        addresses = [entry.strip() for entry in forwarded_for.split(",") if entry.strip()]
        for address in reversed(addresses):
            if not self._is_trusted(address):
                return address, 0
        return (addresses[0], 0) if addresses else client

    def _check_own(self, host: str) -> None:
        name = host.rpartition(":")[0] if re.search(r":[0-9]*$", host) else host
        is_local = "." not in name or name.endswith(_LOCAL_ENDINGS) or name == self._own_name
        if not is_local and not _is_address(name):
            raise RefusedError(
                421,
                "This server does not know itself by the name {name!r}. Open it by its address, or, if a "
                "proxy passes that name on, name the proxy in MNIST_TRUSTED_PROXY.",
                name=name[:100],
            )


def check_page(method: str, headers: Headers, host: str) -> None:
    """Makes sure that no page of another site made the browser send this; following a link is no harm.

    Args:
        method: Of HTTP.
        headers: Of the request.
        host: The address that was asked for.

    Raises:
        RefusedError: One did.
    """
    site = headers.get("sec-fetch-site")
    if site:
        is_foreign = site not in ("same-origin", "none")
    else:
        origin = headers.get("origin")
        asking = _strip_port((origin or "").partition("://")[2].lower())
        is_foreign = origin is not None and (not asking or asking != _strip_port(host))
    follows_link = method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"
    if is_foreign and not follows_link:
        raise RefusedError(
            403,
            "This request came from a page of another site, which is not allowed. If that page is this one behind a "
            "proxy, let the proxy pass Host on and name it in MNIST_TRUSTED_PROXY.",
        )


def _find_scheme(scheme: str, forwarded: str) -> str:
    found = forwarded.partition(",")[0].strip().lower()
    if found not in ("http", "https", "ws", "wss"):
        return scheme
    is_secure = found in ("https", "wss")
    return {"http": "https", "ws": "wss"}.get(scheme, scheme) if is_secure else scheme


def _strip_port(host: str) -> str:
    """Returns a host without the port that its scheme has anyway."""
    return re.sub(r":(80|443)$", "", host)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
