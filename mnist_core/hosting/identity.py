"""Who a visitor is.

Everybody is known by a random cookie, so that "what this visitor began" has a meaning. With passwords set, everybody
must also log in, under a name; the owner always may. Whoever has logged in proves it by a second cookie, a program that
keeps none by HTTP Basic.

Gradio's own login would leave the routes beside Gradio's open, and its cookie can be checked only through what Gradio
keeps to itself. HTTP Basic alone knows no way out, cannot look like anything, and some browsers do not send it with
WebSockets. So there is a login of our own: a form and a signed cookie, which work on plain http, in a frame and with
`gradio_client`'s `auth=`. The signature's key lives as long as the server: a restart logs everybody out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace

from starlette.requests import cookie_parser

from ..errors import RefusedError
from .origins import Headers
from .settings import OWNER

VISITOR_COOKIE = "mnist_visitor"
LOGIN_COOKIE = "mnist_login"

_ID = re.compile(r"[A-Za-z0-9_-]{22}")
# Wrong passwords from one address within so many seconds; a class behind one address may mistype a few.
_MOST_WRONG = 30
_WRONG_SECONDS = 60
_MOST_ADDRESSES = 1000


@dataclass(frozen=True)
class Visitor:
    """The visitor that a request comes from.

    Args:
        id: The same for all that one browser asks; empty for one that keeps no cookies.
        user: The name under which the visitor has logged in; empty for none.
        is_owner: Whether the owner's password was given.
    """

    id: str = ""
    user: str = ""
    is_owner: bool = False


_visitor: ContextVar[Visitor] = ContextVar("visitor")


def current_visitor() -> Visitor:
    """Returns whose request is being answered, in the functions that the page and programs call.

    Not in what waits in Gradio's queue: there it is `request.state.visitor` of the handler's `gr.Request`.
    """
    return _visitor.get(Visitor())


def explain_refusal(permission: str, visitor: Visitor, is_off: str, is_for_owner: str) -> str:
    """Returns why a visitor may not do something here; empty where that is allowed.

    Args:
        permission: One of `PERMISSIONS`.
        visitor: Who wants to.
        is_off: What to say where nobody may.
        is_for_owner: What to say where the owner alone may, and this is somebody else.
    """
    if permission == "off":
        return is_off
    return is_for_owner if permission == "password" and not visitor.is_owner else ""


def set_visitor(visitor: Visitor) -> None:
    """Says whose request is answered from here on, in this task and the threads it starts."""
    _visitor.set(visitor)


def create_id() -> str:
    """Returns a name for a visitor that nobody can guess."""
    return secrets.token_urlsafe(16)


class Accounts:
    """Passwords, and what proves that one was given.

    Args:
        users: Passwords by name.
        owner_password: The owner's; empty when there is none.
    """

    def __init__(self, users: Mapping[str, str], owner_password: str = "") -> None:
        owner = {OWNER: owner_password} if owner_password else {}
        self.must_log_in = bool(users)
        self.exist = bool(users or owner)
        self._has_owner = bool(owner)
        self._digests = {name: _digest(password) for name, password in {**users, **owner}.items()}
        self._key = secrets.token_bytes(32)
        self._attempts = _Attempts()

    def identify(self, headers: Headers, address: str) -> Visitor:
        """Tells who sent these headers from this address.

        Raises:
            RefusedError: They hold a wrong password.
        """
        cookies = cookie_parser(headers.get("cookie", ""))
        name = self._read_proof(cookies.get(LOGIN_COOKIE, ""))
        if not name and self._digests and headers.get("authorization", "").lower().startswith("basic "):
            given, password = _read_basic(headers["authorization"])
            # Where nobody must log in, it may be meant for a proxy on the way.
            if self.must_log_in or given in self._digests:
                name = self.log_in(given, password, address)
        found = cookies.get(VISITOR_COOKIE, "")
        visitor = Visitor(found if _ID.fullmatch(found) else "", name)
        return replace(visitor, is_owner=True) if self._has_owner and name == OWNER else visitor

    def log_in(self, name: str, password: str, address: str) -> str:
        """Returns the name if the password is its own.

        Raises:
            RefusedError: It is not, or too many wrong ones came from this address.
        """
        self._attempts.check(address)
        expected = self._digests.get(name, bytes(32))
        if not hmac.compare_digest(_digest(password), expected):
            self._attempts.note(address)
            raise RefusedError(401, "The name or the password is wrong.")
        return name

    def prove(self, name: str) -> str:
        """Returns a cookie's value that proves that `name` has logged in."""
        text = base64.urlsafe_b64encode(name.encode()).decode()
        return f"{text}.{self._sign(name)}"

    def _read_proof(self, value: str) -> str:
        """Returns the name that a cookie proves; empty if it proves none."""
        text, _, signature = value.partition(".")
        try:
            name = base64.urlsafe_b64decode(text).decode()
        except (binascii.Error, ValueError):
            return ""
        is_proven = name in self._digests and hmac.compare_digest(signature.encode(), self._sign(name).encode())
        return name if is_proven else ""

    def _sign(self, name: str) -> str:
        return hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()


class _Attempts:
    """Counts wrong passwords by address, so that nobody tries them all."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, address: str) -> None:
        count, since = self._counts.get(address, (0, 0.0))
        left = since + _WRONG_SECONDS - time.monotonic()
        if count >= _MOST_WRONG and left > 0:
            raise RefusedError(429, "Too many wrong passwords. Try again in a minute.", int(left) + 1)

    def note(self, address: str) -> None:
        now = time.monotonic()
        count, since = self._counts.pop(address, (0, now))
        self._counts[address] = (count + 1, since) if now - since < _WRONG_SECONDS else (1, now)
        if len(self._counts) > _MOST_ADDRESSES:
            self._counts.popitem(last=False)


def _digest(password: str) -> bytes:
    """Returns a digest of one length for all passwords, so that comparing them takes one time for all."""
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest()


def _read_basic(header: str) -> tuple[str, str]:
    """Returns name and password of HTTP Basic; empty where there are none."""
    try:
        text = base64.b64decode(header[len("basic ") :]).decode()
    except (binascii.Error, ValueError):
        return "", ""
    name, _, password = text.partition(":")
    return name, password
