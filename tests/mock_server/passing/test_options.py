"""What `serve --pass` is given: what it takes, and what it refuses before it serves."""

from pathlib import Path

import pytest

from tests import forked
from tests.live import served_mock
from tests.mock_server.passing.scripted import Script, scripted
from tests.mock_server.serving import Mock, tokens_of

OWNER = '[callers.acme-owner]\norg = "org_red"\ntoken = "env:RED_OWNER"\n'
TARGET = '[target]\nname = "nine"\nurl = "{url}"\n'
URL = "https://staging.example/v1"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("RED_OWNER", "session-red-owner")


def profile(folder: Path, text: str = OWNER) -> str:
    path = folder / "staging.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_profile_of_the_suite_says_where_and_as_whom(tmp_path: Path) -> None:
    script = Script(headers={"Content-Type": "application/json"}, body=b'{"packs": []}')
    with scripted(script) as url:
        given = profile(tmp_path, TARGET.format(url=url) + OWNER)
        with served_mock("--pass", "packs.*", "--pass-profile", given) as origin:
            mock = Mock(origin, "default", tokens_of(origin))
            assert mock.send("GET", "/v1/packs", "acme-owner").json() == {"packs": []}
    [sent] = script.sent
    assert sent.headers["authorization"] == "Bearer session-red-owner"


@pytest.mark.parametrize(
    ("options", "text", "said"),
    [
        (("--pass", f"packs.*={URL}"), None, "--pass-profile: is missing"),
        (("--pass-writes",), None, "--pass: say which operations are passed on"),
        (("--pass", "packs.*"), OWNER, "--pass packs.*: give PATTERN=URL"),
        (("--pass", "packs.*=staging"), OWNER, "'staging' is not a base URL"),
        (("--pass", "packs.*=http://staging.example/v1"), OWNER, "credentials would travel without TLS"),
        (("--pass", "packs.*=https://me:secret@staging.example"), OWNER, "the URL holds a user"),
        (("--pass", f"pakcs.list={URL}"), OWNER, "the contract has no such operation; did you mean packs.list?"),
        (("--pass", f"packs.delete={URL}"), OWNER, "it changes something; --pass-writes passes that on too"),
        (("--pass", f"packs.*={URL}", "--host", "0.0.0.0", "--control-token", "t"), OWNER, "on loopback only"),  # noqa: S104
        (("--pass", f"packs.*={URL}"), "[callers.ann]\norg = 'o'\ntoken = 't'", "none of its callers (ann) is named"),
        (("--pass", f"packs.*={URL}"), "", "has no callers"),
        (("--pass", f"packs.*={URL}"), "callers = 3", "callers: has to be a table"),
        (("--pass", f"packs.*={URL}"), "[callers.a]\ntoken = 't'", "callers.a.org: is missing"),
        (("--pass", f"packs.*={URL}"), "[callers.a]\norg = 'o'\ntoken_command = 'id'", "callers.a.token: give token"),
        (("--pass", f"packs.*={URL}"), OWNER.replace("RED", "BLUE"), "the environment has no BLUE_OWNER; set it"),
        (("--pass", f"packs.*={URL}"), "[", "is not TOML"),
    ],
)
def test_what_cannot_be_passed_on_stops_the_start(
    options: tuple[str, ...], text: str | None, said: str, tmp_path: Path
) -> None:
    given = () if text is None else ("--pass-profile", profile(tmp_path, text))
    code, _, complained = forked.run(forked.MOCK, ("serve", "--port", "0", *options, *given), None, 60)
    assert code == 2
    assert said in complained
    assert "session-red-owner" not in complained


def test_in_ci_nothing_is_passed_on_unless_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    options = ("--pass", f"packs.*={URL}", "--pass-profile", profile(tmp_path))
    code, _, complained = forked.run(forked.MOCK, ("serve", "--port", "0", *options), None, 60)
    assert code == 2
    assert "this is CI" in complained
    with served_mock(*options, "--pass-in-ci") as origin:
        assert tokens_of(origin)
