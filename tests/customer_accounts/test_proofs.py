"""PKCE by the letters of its RFC, and which ID tokens prove something."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from functools import cache, partial
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from shopify_app.customer_accounts.proofs import NotProved, challenge_of, check_id_token, new_verifier
from simulators.shopify.accounts.tokens import public_key
from tests.cast import NOW

AT = int(NOW.timestamp())
ISSUER, APP, NONCE = "https://shopify.com/authentication/1", "the-app", "n-1"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def token(*, signed_by: str = "one", kid: str | None = "one", algorithm: str = "RS256", **changed: Any) -> str:
    claims = {"iss": ISSUER, "aud": APP, "sub": "7", "iat": AT, "exp": AT + 600, "nonce": NONCE, **changed}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key(signed_by), algorithm=algorithm, headers={"kid": kid} if kid else None)


def checked(raw: str, *sets: str, asked: list[bool] | None = None, after: float = 0) -> dict[str, Any]:
    """Check `raw` where Shopify shows the first of `sets`, and the last when asked anew."""
    shown = [{"keys": [public_key(name, key(name)) for name in names.split()]} for names in sets or ("one",)]
    calls: list[bool] = [] if asked is None else asked

    def keys(anew: bool) -> dict[str, Any]:
        calls.append(anew)
        return shown[-1] if anew else shown[0]

    at = NOW + timedelta(seconds=after)
    return check_id_token(raw, issuer=ISSUER, audience=APP, nonce=NONCE, keys=keys, now=at)


def test_the_challenge_is_the_one_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@given(st.integers(0, 20))
def test_each_verifier_is_new_and_of_the_letters_the_rfc_allows(_: int) -> None:
    one, other = new_verifier(), new_verifier()
    assert one != other and len(one) == 43 and one.replace("-", "a").replace("_", "a").isalnum()
    assert len(challenge_of(one)) == 43


def test_a_genuine_token_gives_its_claims_and_asks_for_the_keys_once() -> None:
    asked: list[bool] = []
    assert checked(token(), asked=asked)["sub"] == "7"
    assert asked == [False]


def test_a_key_that_is_not_known_is_asked_for_anew_once() -> None:
    asked: list[bool] = []
    assert checked(token(signed_by="two", kid="two"), "one", "one two", asked=asked)["sub"] == "7"
    assert asked == [False, True]
    asked.clear()
    with pytest.raises(NotProved, match="a key nobody knows"):
        checked(token(signed_by="two", kid="two"), "one", "one", asked=asked)
    assert asked == [False, True], "and no third time"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"aud": "another-app"}, "InvalidAudienceError"),
        ({"aud": ["another-app"]}, "InvalidAudienceError"),
        ({"aud": [APP, "another-app"]}, "made for another app"),
        ({"aud": [APP, "another-app"], "azp": "another-app"}, "made for another app"),
        ({"iss": "https://shopify.com/authentication/2"}, "InvalidIssuerError"),
        ({"nonce": "n-2"}, "of another sign-in"),
        ({"nonce": None}, "MissingRequiredClaimError"),
        ({"exp": None}, "MissingRequiredClaimError"),
        ({"iat": None}, "MissingRequiredClaimError"),
        ({"sub": None}, "MissingRequiredClaimError"),
        ({"exp": AT - 31}, "out of its time"),
        ({"iat": AT + 31}, "out of its time"),
        ({"nbf": AT + 31}, "out of its time"),
        ({"signed_by": "two"}, "InvalidSignatureError"),
        ({"kid": None}, "a key nobody knows"),
        ({"algorithm": "RS384"}, "not signed with RS256"),
        ({"algorithm": "PS256"}, "not signed with RS256"),
    ],
)
def test_a_token_that_proves_nothing_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(NotProved, match=f"{why}$"):
        checked(token(**changed))


@pytest.mark.parametrize("raw", ["", "a.b.c", "..", "é.é.é", "x" * 5000])
def test_what_is_no_token_is_refused(raw: str) -> None:
    with pytest.raises(NotProved, match=r"^not a token$"):
        checked(raw)


def test_an_unsigned_token_and_one_signed_with_the_public_key_are_refused() -> None:
    claims = jwt.decode(token(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": "one"})
    public = key("one").public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    confused = jwt.encode(claims, urlsafe_b64encode(public), algorithm="HS256", headers={"kid": "one"})
    for raw in (unsigned, confused):
        with pytest.raises(NotProved, match="not signed with RS256"):
            checked(raw)


def test_a_second_of_difference_between_the_clocks_is_forgiven_and_a_minute_is_not() -> None:
    assert checked(token(), after=629) and checked(token(), after=-29)
    for after in (631, -31):
        with pytest.raises(NotProved, match="out of its time"):
            checked(token(), after=after)


def test_a_second_app_in_the_audience_is_let_in_where_the_token_was_made_for_us() -> None:
    assert checked(token(aud=[APP, "another-app"], azp=APP))
    assert checked(token(aud=[APP])), "alone it need not be said again"


@pytest.mark.parametrize(
    ("changed", "after", "is_in_time"),
    [
        ({}, 630 - 0.001, True),
        ({}, 630, False),
        ({}, -30, True),
        ({}, -30.001, False),
        ({"nbf": AT + 100}, 70, True),
        ({"nbf": AT + 100}, 69.999, False),
        ({"nbf": AT - 100}, -130, True),  # `nbf` is what says when it begins, where it is there
        ({"nbf": 0}, -30.001, False),
        ({"iat": str(AT), "exp": str(AT + 600)}, 0, True),
        ({"exp": float("nan")}, 0, False),
        ({"iat": float("nan")}, 0, False),
        ({"exp": "soon"}, 0, False),
        ({"exp": [AT + 600]}, 0, False),
        ({"iat": {}}, 0, False),
    ],
)
def test_a_token_counts_from_when_it_begins_until_it_ends_with_half_a_minute_either_way(
    changed: dict[str, Any], after: float, is_in_time: bool
) -> None:
    if is_in_time:
        assert checked(token(**changed), after=after)["sub"] == "7"
        return
    with pytest.raises(NotProved, match=r"^(out of its time|without a time)$"):
        checked(token(**changed), after=after)


def shown_as(**changed: Any) -> dict[str, Any]:
    """The key "one" as a key set shows it; with None a member is left out."""
    told = {**public_key("one", key("one")), "use": "sig", "alg": "RS256", **changed}
    return {name: value for name, value in told.items() if value is not None}


@pytest.mark.parametrize(
    ("listed", "counts"),
    [
        ([shown_as()], True),
        ([shown_as(use=None, alg=None)], True),  # RFC 7517: both may be left out
        ([shown_as(use="enc")], False),
        ([shown_as(alg="RS512")], False),
        ([shown_as(kty="EC")], False),
        ([shown_as(kid="two")], False),
        ([shown_as(kid=None)], False),
        ([shown_as(kty=None)], False),
        ([shown_as(n="!")], False),
        ([shown_as(use="enc"), shown_as()], True),
        (["one", 1, None, shown_as()], True),
        ([shown_as(), shown_as(n="!")], True),
        ({"one": shown_as()}, False),
    ],
)
def test_only_an_rsa_key_for_signing_that_is_called_so_is_the_tokens_key(listed: Any, counts: bool) -> None:
    about: dict[str, Any] = {"issuer": ISSUER, "audience": APP, "nonce": NONCE, "now": NOW}
    if counts:
        assert check_id_token(token(), keys=lambda _: {"keys": listed}, **about)["sub"] == "7"
        return
    with pytest.raises(NotProved, match=r"^signed with a key nobody knows$"):
        check_id_token(token(), keys=lambda _: {"keys": listed}, **about)


def test_a_token_that_names_no_key_is_nobodys_even_where_a_key_has_no_name() -> None:
    about: dict[str, Any] = {"issuer": ISSUER, "audience": APP, "nonce": NONCE, "now": NOW}
    for kid in (None, ""):
        with pytest.raises(NotProved, match=r"^signed with a key nobody knows$"):
            shown = {"keys": [shown_as(kid=kid)]}
            check_id_token(token(kid=kid), keys=partial(lambda found, _: found, shown), **about)


@given(st.binary(max_size=60), st.integers(0, 2))
def test_whatever_stands_in_a_token_it_is_refused_and_nothing_crashes(junk: bytes, place: int) -> None:
    parts = token().split(".")
    parts[place] = urlsafe_b64encode(junk).decode().rstrip("=")
    if ".".join(parts) == token():
        return
    with pytest.raises(NotProved):
        checked(".".join(parts))


@given(st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda v: st.lists(v, max_size=3)))
def test_whatever_stands_in_the_key_set_nothing_crashes(junk: Any) -> None:
    sets: list[Any] = [{"keys": junk}, {"keys": [{"kty": "RSA", "kid": "one"}]}]
    for shown in (*sets, json.loads('{"keys": [{"kty": "RSA", "kid": "one", "n": "AQ", "e": "!"}]}'), {}):
        about: dict[str, Any] = {"issuer": ISSUER, "audience": APP, "nonce": NONCE, "now": NOW}
        with pytest.raises(NotProved):
            check_id_token(token(), keys=partial(lambda found, _: found, shown), **about)
