"""A profile of a target: what it gives, and what it says of one that cannot be used."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import conformance.resources  # noqa: F401  # registers what `[known]` may name
from conformance.oracle.declaration.registry import list_known_keys
from conformance.profile import Profile, ProfileError, read_profile

WHOLE = """
[target]
name = "staging"
url = "https://acme.example/v1/"
control = "provider-states"
states_url = "http://localhost:9000/_states"
world_url = "http://localhost:9000/_worlds/{world}/v1"

[contract]
owned = true

[callers.acme-owner]
org = "org_acme"
role = "owner"
token = "env:ACME_OWNER_TOKEN"

[callers.acme-key]
org = "org_acme"
permission_set = "read_only"
token_command = "echo fresh-token"
scopes = ["audit:read"]

[orgs.org_globex]
url = "https://globex.example/v1"

[known]
platform_pack = "pack_1"
expendable = ["pack_2"]

[limits]
read_only = true
requests_per_second = 2.5
max_requests = 10
"""


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_OWNER_TOKEN", "token-of-the-owner")


def profile(tmp_path: Path, text: str) -> Profile:
    path = tmp_path / "target.toml"
    path.write_text(text)
    return read_profile(path, list_known_keys())


def test_a_whole_profile(tmp_path: Path) -> None:
    read = profile(tmp_path, WHOLE)
    assert (read.name, read.url, read.is_owned) == ("staging", "https://acme.example/v1", True)
    owner, key = read.callers
    assert (owner.token, owner.role, owner.scopes) == ("token-of-the-owner", "owner", None)
    assert (key.token, key.permission_set, key.scopes) == ("fresh-token", "read_only", frozenset({"audit:read"}))
    assert read.org_urls == {"org_globex": "https://globex.example/v1"}
    assert (read.known.named, read.known.expendable) == ({"platform_pack": "pack_1"}, ("pack_2",))
    assert (read.limits.read_only, read.limits.requests_per_second, read.limits.max_requests) == (True, 2.5, 10)


@pytest.mark.parametrize(
    ("said", "header", "value"),
    [
        ('token = "abc"', "Authorization", "Bearer abc"),
        ('scheme = "Token"\ntoken = "env:ACME_OWNER_TOKEN"', "Authorization", "Token token-of-the-owner"),
        ('header = "X-API-Key"\ntoken = "abc"', "X-API-Key", "abc"),
        ('header = "Authorization"\nscheme = "Key"\ntoken = "abc"', "Authorization", "Key abc"),
        ('header = "Cookie"\ntoken = "session=abc"', "Cookie", "session=abc"),
        ('basic = "ada:secret"', "Authorization", "Basic YWRhOnNlY3JldA=="),
    ],
)
def test_a_credential_goes_where_the_profile_says(tmp_path: Path, said: str, header: str, value: str) -> None:
    path = tmp_path / "target.toml"
    path.write_text(f'[target]\nurl = "http://t"\n[callers.ada]\n{said}\n')
    (caller,) = read_profile(path, (), has_orgs=False).callers
    assert (caller.org, caller.credential.header, caller.credential.authorization) == ("ada", header, value)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('header = "X Key"\ntoken = "abc"', "header: 'X Key' is no name of a header"),
        ('basic = "ada"', "basic: has to be a user and a password"),
        ('basic = "env:NOT_SET_ANYWHERE"', "basic: the environment has no NOT_SET_ANYWHERE"),
        ('basic = "ada:secret"\ntoken = "abc"', "basic: is a credential by itself; leave token out"),
        ('query = "key"\nheader = "X-Key"\ntoken = "abc"', "query: says where the token goes; leave header out"),
    ],
)
def test_a_credential_that_cannot_be_sent_names_the_place(tmp_path: Path, said: str, why: str) -> None:
    path = tmp_path / "target.toml"
    path.write_text(f'[target]\nurl = "http://t"\n[callers.ada]\n{said}\n')
    with pytest.raises(ProfileError) as refused:
        read_profile(path, (), has_orgs=False)
    assert f"callers.ada.{why}" in str(refused.value)


def test_a_worker_gets_an_equal_profile(tmp_path: Path) -> None:
    read = profile(tmp_path, WHOLE)
    assert pickle.loads(pickle.dumps(read)) == read  # noqa: S301  # of this process


def test_a_token_does_not_show_itself(tmp_path: Path) -> None:
    read = profile(tmp_path, WHOLE)
    assert "token-of-the-owner" not in repr(read)
    assert "token-of-the-owner" not in repr(read.callers[0].credential)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[target]", "[targets]", "did you mean target"),
        ("states_url =", "state_url =", "did you mean states_url"),
        ('url = "https://acme.example/v1/"', "", "target.url: is missing"),
        ('"https://acme.example/v1/"', '"acme.example"', "target.url"),
        ('"provider-states"', '"pact"', "target.control"),
        ("states_url = ", "contract = ", "needs it"),
        ('org = "org_acme"\nrole', "role", "callers.acme-owner.org"),
        ("env:ACME_OWNER_TOKEN", "env:NOT_SET_ANYWHERE", "the environment has no NOT_SET_ANYWHERE"),
        ('token = "env:ACME_OWNER_TOKEN"', "", "token is missing|token: is missing"),
        ("echo fresh-token", "exit 3", "exit code 3"),
        ("echo fresh-token", "true", "no token printed"),
        ("echo fresh-token", "printf '\\\\377'", "not ASCII text"),
        ('scopes = ["audit:read"]', "scopes = 'audit:read'", "has to be a list"),
        ("read_only = true", "read_only = 1", "limits.read_only"),
        ("requests_per_second = 2.5", "requests_per_second = 0", "limits.requests_per_second"),
        ("max_requests = 10", "max_requests = true", "limits.max_requests"),
        ("max_requests = 10", "settle_seconds = -1", "limits.settle_seconds"),
        ("max_requests = 10", "settle_seconds = 61", "limits.settle_seconds"),
        ("max_requests = 10", "stream_seconds = -1", "limits.stream_seconds"),
        ("max_requests = 10", "stream_seconds = 3601", "limits.stream_seconds"),
        ('expendable = ["pack_2"]', "expendable = 'pack_2'", "known.expendable"),
        ("owned = true", "owned = 'yes'", "contract.owned: has to be true or false"),
        ("owned = true", "own = true", "contract.own: unknown key; did you mean owned"),
        ("[known]", "[known", "not valid TOML"),
    ],
)
def test_a_broken_profile_names_the_place(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in WHOLE
    with pytest.raises(ProfileError, match=said) as refused:
        profile(tmp_path, WHOLE.replace(before, after, 1))
    assert "target.toml" in str(refused.value)


def test_a_profile_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path / "absent.toml", ())
