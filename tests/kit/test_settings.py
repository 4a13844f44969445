"""What an operator is told about the settings: all at once, and never a secret."""

import os

import pytest

from kit.settings import Settings, SettingsError, is_loopback

GOOD = {
    "SHOPIFY_API_KEY": "key",
    "SHOPIFY_API_SECRET": "hush-hush",
    "APP_URL": "https://app.example.com",
    "SECRET_KEY": "very-secret",
    "TOKEN_KEYS": "one,two",
}


def wrong(**changed: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**GOOD, **changed})
    return str(caught.value).splitlines()


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({})
    assert str(caught.value).splitlines() == [f"{name} is not set." for name in GOOD]


def test_an_empty_or_blank_value_counts_as_missing() -> None:
    assert wrong(SECRET_KEY="", TOKEN_KEYS="  ") == ["SECRET_KEY is not set.", "TOKEN_KEYS is not set."]


def test_the_required_ones_are_enough_and_the_rest_has_defaults() -> None:
    settings = Settings.from_env(GOOD)
    assert settings.database_url == "sqlite:///var/app.db"
    assert settings.webhook_secrets == ("hush-hush",)
    assert not settings.texts_are_sent and not settings.is_local and settings.admin_frame_origin == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"SHOPIFY_ADMIN_BASE_URL": "https://evil.example"},
            "SHOPIFY_ADMIN_BASE_URL may only name a loopback address.",
        ),
        ({"TWILIO_API_BASE": "http://10.0.0.1:9000"}, "TWILIO_API_BASE may only name a loopback address."),
        ({"EASYPOST_API_BASE": "http://localhost.evil.com"}, "EASYPOST_API_BASE may only name a loopback address."),
        ({"APP_URL": "http://app.example.com"}, "APP_URL must be an https address, unless it is on this machine."),
        ({"SMTP_URL": "smtp://mail"}, "SMTP_URL and MAIL_FROM go together: set both or neither."),
        ({"MAIL_FROM": "us@example.com"}, "SMTP_URL and MAIL_FROM go together: set both or neither."),
        ({"TURN_URLS": "turn:x"}, "TURN_URLS and TURN_SECRET go together: set both or neither."),
        ({"EASYPOST_API_KEY": "k"}, "EASYPOST_API_KEY and EASYPOST_WEBHOOK_SECRET go together: set both or neither."),
        ({"TWILIO_AUTH_TOKEN": "t"}, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN go together: set both or neither."),
        (
            {"TWILIO_API_KEY_SID": "SK1"},
            "TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET go together: set both or neither.",
        ),
        (
            {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"},
            "TWILIO_MESSAGING_SERVICE_SID is needed to send texts.",
        ),
        ({"TOKEN_KEYS": ", ,"}, "TOKEN_KEYS holds no key."),
    ],
)
def test_each_contradiction_has_its_sentence(changed, said) -> None:
    assert wrong(**changed) == [said]


def test_all_contradictions_are_named_at_once() -> None:
    assert len(wrong(APP_URL="http://x.example", MAIL_FROM="a@b.c", TWILIO_API_BASE="https://api.twilio.com")) == 3


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://localhost:1", True),
        ("http://LOCALHOST", True),
        ("http://[::1]:8000", True),
        ("http://127.0.0.1@evil.com", False),
        ("http://evil.com#@127.0.0.1", False),
        ("http://localhost.evil.com", False),
        ("http://0.0.0.0", False),
        ("http://2130706433", False),
        ("127.0.0.1:8000", False),
        ("http://[127.0.0.1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(url, here) -> None:
    assert is_loopback(url) is here


def test_no_secret_is_printed_by_an_error_or_a_representation() -> None:
    settings = Settings.from_env({**GOOD, "METRICS_TOKEN": "metrics-secret"})
    said = (
        repr(settings)
        + str(settings)
        + "\n".join(wrong(APP_URL="http://user:pass@x.example", SMTP_URL="smtp://a:pw@h"))
    )
    assert not [s for s in ("hush-hush", "very-secret", "one,two", "metrics-secret", "pass@", "pw@") if s in said]


def test_both_secrets_verify_while_one_is_rotated() -> None:
    settings = Settings.from_env({**GOOD, "SHOPIFY_API_SECRET_PREVIOUS": "older"})
    assert settings.webhook_secrets == ("hush-hush", "older")


def test_a_slash_at_the_end_of_the_address_does_not_double_in_links() -> None:
    assert Settings.from_env({**GOOD, "APP_URL": "https://app.example.com/"}).app_url == "https://app.example.com"


def test_the_frame_of_the_local_admin_is_an_origin_without_a_path() -> None:
    settings = Settings.from_env({**GOOD, "SHOPIFY_ADMIN_BASE_URL": "http://127.0.0.1:9100/shops/"})
    assert settings.admin_frame_origin == "http://127.0.0.1:9100"


def test_the_environment_is_read_when_nothing_else_is_given(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name in GOOD:
            monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_env().shopify_api_key == "key"
