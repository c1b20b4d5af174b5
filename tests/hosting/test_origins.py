"""Whose word counts on who asks, under which address, and from which page."""

import ipaddress

import pytest

from mnist_core.errors import RefusedError
from mnist_core.hosting.origins import Proxies, check_page, find_route, read_headers

PROXY = "10.0.0.2"
TRUSTED = Proxies([ipaddress.ip_network("10.0.0.0/24")])


def scope_of(client=PROXY, scheme="http", **headers):
    headers = {"host": "127.0.0.1:7860", **headers}
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "headers": pairs, "client": (client, 5), "scheme": scheme}


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1:7860", "192.168.1.5:7860", "[::1]:7860", "[fe80::1]", "localhost", "LOCALHOST:80"),
        *("teacher-laptop:7860", "teacher-laptop.local", "app.localhost", ""),
    ],
)
def test_addresses_and_names_of_the_local_network_are_the_servers_own(host):
    assert Proxies([]).apply(scope_of(host=host))["host"] == host.lower()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "evil.example:"])
def test_a_foreign_name_may_have_been_made_to_lead_here(host):
    with pytest.raises(RefusedError, match="MNIST_TRUSTED_PROXY") as caught:
        Proxies([]).apply(scope_of(host=host))
    assert caught.value.status == 421


def test_a_proxy_may_be_seen_by_an_address_of_either_kind():
    assert TRUSTED.apply(scope_of(client="::ffff:10.0.0.2", host="digits.example"))["host"] == "digits.example"


@pytest.mark.parametrize("client", ["", "proxy", "10.0.0.2:80", "10.0.0"])
def test_the_word_of_one_without_an_address_does_not_count(client):
    assert TRUSTED.apply(scope_of(client=client, x_forwarded_host="digits.example"))["host"] == "127.0.0.1:7860"


def test_the_name_that_it_listens_on_is_its_own():
    assert Proxies([], "digits.example").apply(scope_of(host="Digits.example:80"))


def test_a_trusted_proxy_says_under_which_address_it_was_asked():
    scope = TRUSTED.apply(scope_of(host="digits.example", x_forwarded_proto="https", x_forwarded_for="1.2.3.4"))
    assert (scope["host"], scope["scheme"], scope["client"][0]) == ("digits.example", "https", "1.2.3.4")
    assert TRUSTED.apply(scope_of(x_forwarded_host="digits.example, x"))["host"] == "digits.example"


def test_of_several_proxies_the_nearest_that_is_not_trusted_counts():
    assert TRUSTED.apply(scope_of(x_forwarded_for="9.9.9.9, 1.2.3.4, 10.0.0.7"))["client"][0] == "1.2.3.4"
    assert TRUSTED.apply(scope_of(x_forwarded_for="10.0.0.8, 10.0.0.7"))["client"][0] == "10.0.0.8"


def test_what_others_forward_is_left_out():
    forged = {
        "x_forwarded_host": "evil.example",
        "x_forwarded_proto": "https",
        "x_forwarded_for": "127.0.0.1",
        "forwarded": "host=evil.example",
        "x_gradio_server": "http://evil.example",
        "accept": "*/*",
    }
    scope = TRUSTED.apply(scope_of(client="10.9.9.9", **forged))
    assert read_headers(scope) == {"host": "127.0.0.1:7860", "accept": "*/*"}
    assert (scope["scheme"], scope["client"][0]) == ("http", "10.9.9.9")


@pytest.mark.parametrize("host", ["a b", "x/y", "a@b", "<b>", "127.0.0.1, 127.0.0.1"])
def test_what_is_no_address_is_refused(host):
    for proxies, client in ((TRUSTED, PROXY), (Proxies([]), PROXY)):
        with pytest.raises(RefusedError) as caught:
            proxies.apply(scope_of(client=client, host=host))
        assert caught.value.status in (400, 421)


def check(method="POST", host="127.0.0.1:7860", **headers):
    check_page(method, {name.replace("_", "-"): value for name, value in headers.items()}, host)


def test_programs_are_let_through():
    check()


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_page_itself_is_let_through(site):
    check(sec_fetch_site=site, origin="https://behind-a-proxy.example")


def test_where_the_browser_does_not_say_whose_page_it_was_its_address_does():
    check(origin="http://127.0.0.1:7860")
    check(origin="https://digits.example", host="digits.example:443")
    for origin in ("http://evil.example", "http://127.0.0.1:7861", "null", "http://127.0.0.1"):
        with pytest.raises(RefusedError, match="another site"):
            check(origin=origin)


@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS", "CONNECT"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_sends_is_refused(method, site):
    with pytest.raises(RefusedError) as caught:
        check(method, sec_fetch_site=site, sec_fetch_mode="no-cors")
    assert caught.value.status == 403


def test_a_link_or_a_frame_on_another_site_may_lead_here_but_not_send():
    check("GET", sec_fetch_site="cross-site", sec_fetch_mode="navigate")
    with pytest.raises(RefusedError):
        check("POST", sec_fetch_site="cross-site", sec_fetch_mode="navigate")


@pytest.mark.parametrize(
    ("path", "root", "route"),
    [
        ("/", "", "/"),
        ("/config/", "", "/config"),
        ("/digits/config", "/digits", "/config"),
        ("/digits", "/digits", "/"),
        ("/config", "/digits", "/config"),
        ("/digits2/config", "/digits", "/digits2/config"),
    ],
)
def test_a_route_is_what_follows_the_pages_own_address(path, root, route):
    assert find_route({"path": path, "root_path": root}) == route
