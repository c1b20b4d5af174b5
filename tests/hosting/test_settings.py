"""Settings are read as the documents say; what cannot be read is told with what was expected."""

import ipaddress
from pathlib import Path

import pytest

from mnist_core.hosting.settings import Settings, parse_settings


def refuse(capsys, arguments=(), environment=None):
    """The message about settings that cannot be."""
    with pytest.raises(SystemExit, match="2"):
        parse_settings(arguments, environment or {})
    return capsys.readouterr().err


def test_the_defaults():
    assert parse_settings([], {}) == Settings()
    assert (Settings().host, Settings().port, Settings().users) == ("127.0.0.1", 7860, {})


SETTINGS = [
    ("MNIST_HOST", "0.0.0.0", "--host", "::1", "host", "0.0.0.0", "::1"),
    ("MNIST_PORT", "1234", "--port", "4321", "port", 1234, 4321),
    ("MNIST_DEVICE", "cpu", "--device", "gpu", "device", "cpu", "gpu"),
    ("MNIST_MODEL", "mine", "--model", "yours", "model", "mine", "yours"),
    ("MNIST_DATA_DIR", "here", "--data-dir", "there", "data_dir", Path("here"), Path("there")),
    ("MNIST_EMBED", "https://a.b", "--embed", "http://c:1", "embed", ("https://a.b",), ("http://c:1",)),
    ("MNIST_TRAINING", "off", "--training", "on", "training", "off", "on"),
    ("MNIST_ROOMS", "off", "--rooms", "on", "rooms", "off", "on"),
    ("MNIST_MAX_RUNS", "2", "--max-runs", "3", "max_runs", 2, 3),
    ("MNIST_MAX_QUEUE", "2", "--max-queue", "3", "max_queue", 2, 3),
    ("MNIST_MAX_EPOCHS", "2", "--max-epochs", "3", "max_epochs", 2, 3),
    ("MNIST_MAX_SECONDS", "2", "--max-seconds", "3", "max_seconds", 2, 3),
    ("MNIST_MODELS_MB", "2", "--models-mb", "3", "models_mb", 2, 3),
    (
        *("MNIST_TRUSTED_PROXY", "10.0.0.1", "--trusted-proxy", "::1", "trusted_proxy"),
        *((ipaddress.ip_network("10.0.0.1"),), (ipaddress.ip_network("::1"),)),
    ),
]


@pytest.mark.parametrize(("variable", "text", "option", "other", "name", "expected", "expected_other"), SETTINGS)
def test_environment_sets_and_command_line_wins(variable, text, option, other, name, expected, expected_other):
    assert getattr(parse_settings([], {variable: text}), name) == expected
    assert getattr(parse_settings([option, other], {variable: text}), name) == expected_other


@pytest.mark.parametrize("name", ["share", "open"])
def test_a_switch_is_off_until_asked_for(name):
    variable = f"MNIST_{name.upper()}"
    assert getattr(parse_settings([f"--{name}"], {}), name) is True
    assert getattr(parse_settings([f"--{name}"], {variable: "0"}), name) is True
    assert [getattr(parse_settings([], {variable: text}), name) for text in ("1", "0", "")] == [True, False, False]


@pytest.mark.parametrize("variable", [case[0] for case in SETTINGS] + ["MNIST_AUTH", "MNIST_OWNER_PASSWORD"])
def test_an_empty_variable_is_an_unset_one(variable):
    assert parse_settings([], {variable: ""}) == Settings()


def test_a_space_says_where_to_serve_and_own_variables_win():
    space = {"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": "7861"}
    assert (parse_settings([], space).host, parse_settings([], space).port) == ("0.0.0.0", 7861)
    assert parse_settings([], {**space, "MNIST_PORT": "7862"}).port == 7862


def test_a_space_is_known_and_its_proxy_trusted():
    settings = parse_settings([], {"SPACE_ID": "someone/sketchpad"})
    assert settings.is_space
    assert ipaddress.ip_address("10.16.3.4") in settings.trusted_proxy[0]


def test_gradios_tunnel_connects_from_this_machine():
    networks = parse_settings(["--share"], {}).trusted_proxy
    assert any(ipaddress.ip_address("127.0.0.1") in network for network in networks)


@pytest.mark.parametrize("environment", [{"SPACE_ID": "a/b"}, {"MNIST_SHARE": "1"}, {"MNIST_PUBLIC": "1"}])
def test_where_strangers_come_training_is_off_unless_it_is_turned_on_and_then_within_limits(environment):
    settings = parse_settings([], environment)
    assert (settings.public, settings.training, settings.max_epochs, settings.max_seconds) == (True, "off", 20, 600)
    assert parse_settings([], {**environment, "MNIST_TRAINING": "on", "MNIST_MAX_EPOCHS": "5"}).max_epochs == 5
    assert settings.rooms == "off"
    assert parse_settings([], {**environment, "MNIST_ROOMS": "on"}).rooms == "on"


@pytest.mark.parametrize(("variable", "name"), [("MNIST_TRAINING", "training"), ("MNIST_ROOMS", "rooms")])
def test_what_is_the_owners_needs_the_owners_password(capsys, variable, name):
    assert "MNIST_OWNER_PASSWORD" in refuse(capsys, [], {variable: "password"})
    allowed = parse_settings([], {variable: "password", "MNIST_OWNER_PASSWORD": "secret"})
    assert getattr(allowed, name) == "password"


@pytest.mark.parametrize(
    ("variable", "text"), [("MNIST_TRAINING", "maybe"), ("MNIST_MAX_RUNS", "0"), ("MNIST_MODELS_MB", "-1")]
)
def test_odd_limits_are_refused(capsys, variable, text):
    assert variable in refuse(capsys, [], {variable: text})


def test_users_and_the_owner_have_passwords_with_colons_and_spaces():
    settings = parse_settings([], {"MNIST_AUTH": "ann:a:b, bob:two words", "MNIST_OWNER_PASSWORD": "secret"})
    assert settings.users == {"ann": "a:b", "bob": "two words"}
    assert settings.owner_password == "secret"


def test_passwords_are_not_shown():
    settings = parse_settings([], {"MNIST_AUTH": "ann:hidden", "MNIST_OWNER_PASSWORD": "covered"})
    assert "hidden" not in repr(settings)
    assert "covered" not in repr(settings)


@pytest.mark.parametrize("text", ["ann", "ann:", ":secret", "ann:secret,bob", "ann:secret,"])
def test_what_is_no_user_and_password_is_refused_without_telling_it(capsys, text):
    message = refuse(capsys, environment={"MNIST_AUTH": text})
    assert "MNIST_AUTH: expected user:password" in message
    assert "secret" not in message


def test_the_owners_name_is_taken(capsys):
    assert "Take another name" in refuse(
        capsys, environment={"MNIST_AUTH": "owner:x", "MNIST_OWNER_PASSWORD": "secret"}
    )


BAD_VARIABLES = [
    ("MNIST_DEVICE", "quantum", "expected one of auto, cpu, gpu"),
    ("MNIST_PORT", "http", "expected a port from 1 to 65535"),
    ("MNIST_PORT", "0", "expected a port from 1 to 65535"),
    ("GRADIO_SERVER_PORT", "x", "expected a port"),
    ("MNIST_SHARE", "yes", "expected 1 or 0"),
    ("MNIST_TRUSTED_PROXY", "nginx", "expected addresses or networks"),
    ("MNIST_EMBED", "school.example", "expected origins"),
    ("MNIST_EMBED", "https://a.b; script-src *", "expected origins"),
    ("MNIST_EMBED", "https://a.b/path", "expected origins"),
]


@pytest.mark.parametrize(("variable", "text", "expected"), BAD_VARIABLES)
def test_a_bad_variable_is_named_with_what_was_expected(capsys, variable, text, expected):
    message = refuse(capsys, environment={variable: text})
    assert f"{variable}: {expected}" in message
    assert text in message


@pytest.mark.parametrize("arguments", [["--device", "quantum"], ["--port", "http"], ["--port"], ["--nonsense"]])
def test_a_bad_option_is_a_usage_error(capsys, arguments):
    assert arguments[0] in refuse(capsys, arguments)


def test_all_proxies_may_be_trusted():
    everybody = parse_settings([], {"MNIST_TRUSTED_PROXY": "*"}).trusted_proxy
    assert all(
        any(address in network for network in everybody) for address in map(ipaddress.ip_address, ("8.8.8.8", "::5"))
    )
