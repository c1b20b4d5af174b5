"""Who a visitor is, and what proves it."""

import base64

import pytest

from mnist_core.errors import RefusedError
from mnist_core.hosting import identity
from mnist_core.hosting.identity import LOGIN_COOKIE, VISITOR_COOKIE, Accounts, Visitor, create_id

HERE = "192.168.1.7"


def basic(name, password):
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.fixture
def accounts():
    return Accounts({"ann": "a", "bob": "b"}, "own")


def test_nobody_must_log_in_where_there_are_no_passwords():
    assert not Accounts({}).must_log_in
    assert not Accounts({}, "own").must_log_in
    assert Accounts({"ann": "a"}).must_log_in


def test_a_visitor_is_known_by_a_cookie():
    name = create_id()
    assert Accounts({}).identify({"cookie": f"x=1; {VISITOR_COOKIE}={name}"}, HERE) == Visitor(name)
    assert create_id() != name


@pytest.mark.parametrize("value", ["", "x", "a" * 23, "a" * 21 + "!", "a" * 1000])
def test_what_is_no_name_that_was_given_is_none(value):
    assert Accounts({}).identify({"cookie": f"{VISITOR_COOKIE}={value}"}, HERE) == Visitor()


def test_a_password_proves_its_own_name(accounts):
    assert accounts.log_in("ann", "a", HERE) == "ann"
    for name, password in (("ann", "b"), ("ann", ""), ("nobody", "a"), ("", ""), ("ann", "\ud800")):
        with pytest.raises(RefusedError, match="wrong") as caught:
            accounts.log_in(name, password, HERE)
        assert caught.value.status == 401


def test_the_cookie_of_a_login_proves_it(accounts):
    cookie = f"{LOGIN_COOKIE}={accounts.prove('ann')}"
    assert accounts.identify({"cookie": cookie}, HERE) == Visitor(user="ann")


def test_a_forged_cookie_proves_nothing(accounts):
    text, _, signature = accounts.prove("ann").partition(".")
    other, _, _ = accounts.prove("owner").partition(".")
    for value in (text, f"{text}.", f"{other}.{signature}", f"{text}.{signature[:-1]}x", "!.x", ".", "é.x"):
        assert accounts.identify({"cookie": f"{LOGIN_COOKIE}={value}"}, HERE).user == ""
    strange = Accounts({"ann": "a"}).prove("ann")
    assert accounts.identify({"cookie": f"{LOGIN_COOKIE}={strange}"}, HERE).user == ""


def test_a_program_may_send_its_password_each_time(accounts):
    assert accounts.identify(basic("bob", "b"), HERE).user == "bob"
    damaged = [{"authorization": f"Basic {text}"} for text in ("!", "a", "/w==")]
    for headers in (basic("bob", "x"), basic("nobody", "b"), *damaged):
        with pytest.raises(RefusedError):
            accounts.identify(headers, HERE)


def test_only_the_owners_password_makes_an_owner(accounts):
    assert accounts.identify(basic("owner", "own"), HERE) == Visitor(user="owner", is_owner=True)
    assert accounts.identify({"cookie": f"{LOGIN_COOKIE}={accounts.prove('owner')}"}, HERE).is_owner
    assert not accounts.identify(basic("ann", "a"), HERE).is_owner
    assert not Accounts({"owner": "x"}).identify(basic("owner", "x"), HERE).is_owner


def test_a_password_for_a_proxy_on_the_way_is_no_login():
    assert Accounts({}).identify(basic("ann", "a"), HERE) == Visitor()
    assert Accounts({}, "own").identify(basic("ann", "a"), HERE) == Visitor()


def test_nobody_tries_all_passwords(accounts, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(identity.time, "monotonic", lambda: now)
    for _ in range(30):
        with pytest.raises(RefusedError, match="is wrong"):
            accounts.log_in("ann", "x", HERE)
    with pytest.raises(RefusedError, match="Too many") as caught:
        accounts.log_in("ann", "a", HERE)
    assert (caught.value.status, caught.value.retry_after) == (429, 61)
    assert accounts.log_in("ann", "a", "192.168.1.8") == "ann"
    now += 60
    assert accounts.log_in("ann", "a", HERE) == "ann"
