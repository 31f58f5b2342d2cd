"""pack.yaml: what it gives a pack, and what is refused."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mock_server import Settings, create_app
from mock_server.resources.packs.pack_yaml import ContentError, PackYaml, parse

HEAD = "name: sample\nversion: 1.0.0\n"
RULES = create_app(Settings()).context.contract.archive.manifest


def read(text: str) -> PackYaml:
    return parse(text.encode(), RULES)


def refusal(text: str) -> str:
    with pytest.raises(ContentError) as refused:
        read(text)
    return str(refused.value)


def test_every_key_is_taken() -> None:
    assert read(
        "name: slack\nversion: 1.2.0\ndisplay_name: The Slack\ndescription: Posts.\ncategory: messaging\n"
        "capabilities:\n- name: slack\n  type: http\nsuggested_packs: [one, two]\nunknown: [1, {a: ~}]\n"
    ) == PackYaml(
        name="slack",
        version="1.2.0",
        display_name="The Slack",
        description="Posts.",
        category="messaging",
        capabilities="- name: slack\n  type: http\n",
        suggested_packs="one,two",
    )


def test_name_and_version_are_enough() -> None:
    assert read(HEAD) == PackYaml(name="sample", version="1.0.0", display_name="Sample")


@pytest.mark.parametrize(
    ("name", "shown"), [("release-notes", "Release Notes"), ("a", "A"), ("3d-print", "3d Print"), ("a--b", "A  B")]
)
def test_a_name_is_shown_with_spaces_and_capitals(name: str, shown: str) -> None:
    assert read(f"name: '{name}'\nversion: 1.0.0").display_name == shown


def test_a_name_like_a_number_is_text_in_quotes_only() -> None:
    assert read("name: '42'\nversion: 1.0.0").name == "42"
    assert "quotes" in refusal("name: 42\nversion: 1.0.0")


@pytest.mark.parametrize(
    "version", ["0.0.0", "1.2.3-rc.1", "1.0.0-0a.b-c.0", "1.0.0+001.sha-5", "1.0.0--", "10.20.30-a+b"]
)
def test_versions_of_semver(version: str) -> None:
    assert read(f"name: a\nversion: {version}").version == version


@pytest.mark.parametrize(
    "version",
    ["1", "1.2", "01.2.3", "1.2.03", "v1.2.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", "1.2.٣", "1.2.3\\n"],
)
def test_what_is_no_version_of_semver(version: str) -> None:
    assert "version" in refusal(f'name: a\nversion: "{version}"')


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a_b", "a.b", "ä", "a" * 64, "a\\n", "a b"])
def test_what_is_no_name(name: str) -> None:
    assert "name" in refusal(f'name: "{name}"\nversion: 1.0.0')


@pytest.mark.parametrize(
    "key", ["name", "version", "display_name", "description", "category", "capabilities", "suggested_packs"]
)
def test_a_null_is_refused(key: str) -> None:
    keys = {"name": "a", "version": "1.0.0", key: None}
    assert f"{key} must be" in refusal(yaml.safe_dump(keys))


@pytest.mark.parametrize("key", ["name", "version"])
def test_a_key_that_is_needed(key: str) -> None:
    keys = {"name": "a", "version": "1.0.0"}
    del keys[key]
    assert f"no {key}" in refusal(yaml.safe_dump(keys))


@pytest.mark.parametrize(
    "line",
    [
        "description: [a]",
        "description: 1.5",
        "category: true",
        "category: {a: b}",
        "display_name: 2001-01-01",
        'display_name: ""',
        "capabilities: text",
        "capabilities: {a: b}",
        "suggested_packs: a,b",
        "suggested_packs: [a, 1]",
        "suggested_packs: [a, ~]",
    ],
)
def test_a_wrong_type_is_refused(line: str) -> None:
    assert line.partition(":")[0] in refusal(HEAD + line)


@pytest.mark.parametrize(("key", "longest"), [("description", 4096), ("category", 64)])
def test_lengths_are_in_characters(key: str, longest: int) -> None:
    assert getattr(read(f"{HEAD}{key}: {'ä' * longest}"), key) == "ä" * longest
    assert f"{key}: It is longer than {longest} characters" in refusal(f"{HEAD}{key}: {'a' * (longest + 1)}")


@pytest.mark.parametrize("text", ["", "- a", "text", "a: [", "a: b: c", "%", "--- a\n--- b", "\t"])
def test_what_is_no_mapping_in_yaml(text: str) -> None:
    assert "pack.yaml" in refusal(text)


@pytest.mark.parametrize("content", [b"name: \xff\xfe", b"name: a\x01", b"\x00", b"\xff\xfe\x00"])
def test_what_is_no_text(content: bytes) -> None:
    with pytest.raises(ContentError, match=r"pack\.yaml"):
        parse(content)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc<=~", max_size=5), inner, max_size=3),
    max_leaves=15,
)


@given(st.lists(values, max_size=4), st.sampled_from([True, False, None]))
def test_capabilities_are_the_same_list_as_text(items: list[object], flow: bool | None) -> None:
    keys = {"name": "a", "version": "1.0.0", "capabilities": items}
    text = yaml.safe_dump(keys, allow_unicode=True, default_flow_style=flow)
    shown = read(text).capabilities
    assert shown is not None
    assert yaml.safe_load(shown) == yaml.safe_load(text)["capabilities"]


BOMBS = {
    "laughs": "a: &a [x, x]\n"
    + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)),
    "one long name many times": f"a: &a {'y' * 60_000}\nsuggested_packs:\n" + "- *a\n" * 20_000,
    "merges": "a: &a {"
    + ",".join(f"k{n}: 1" for n in range(5000))
    + "}\n"
    + "".join(f"m{n}: {{<<: *a}}\n" for n in range(5000)),
    "deep": "capabilities: " + "[" * 900 + "]" * 900,
    "deeper": "capabilities: " + "[" * 100_000,
    "indented": "capabilities: " + "[" * 30 + "a," * 100_000 + "]" * 30,
    "long": "#" * 262_144,
    "huge number": f"capabilities: [{'9' * 100_000}]",
    "huge sexagesimal": f"capabilities: [1{':59' * 60_000}]",
    "loop": "capabilities: &a [*a, {b: *a}]",
    "laughs in capabilities": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ncapabilities: [*c, *c, *c]",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_what_is_small_stays_small(bomb: str) -> None:
    try:
        pack = read(HEAD + bomb)
    except ContentError:
        return
    assert len(pack.capabilities or "") + len(pack.suggested_packs or "") < 4 * len(bomb)
