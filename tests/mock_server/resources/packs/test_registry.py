"""References and the registry behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.resources.packs.images import Image, build
from mock_server.resources.packs.registry import Reference, make_platform_reference, pull, with_image, without_image
from mock_server.state.blobs import make_blob
from tests.mock_server.states import empty

DIGEST = "sha256:" + "0" * 64


def image(version: str) -> Image:
    return build({"pack.yaml": make_blob(f"name: sample\nversion: {version}\n".encode())})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("registry.example.com/team/pack:1.2.0", ("registry.example.com/team/pack", "1.2.0", None)),
        ("pack", ("pack", "latest", None)),
        ("localhost:5000/a/b__c.d--e", ("localhost:5000/a/b__c.d--e", "latest", None)),
        (f"a/b@{DIGEST}", ("a/b", None, DIGEST)),
        (f"a/b:tag@{DIGEST}", ("a/b", "tag", DIGEST)),
        ("Registry.Example.com/a:" + "t" * 128, ("Registry.Example.com/a", "t" * 128, None)),
    ],
)
def test_a_reference_has_these_parts(text: str, parts: tuple[str, str | None, str | None]) -> None:
    reference = Reference.parse(text)
    assert (reference.repository, reference.tag, reference.digest) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/a",
        "a/",
        "a//b",
        "A",
        "a/B",
        "a:",
        "a:-x",
        "a:" + "t" * 129,
        "a b",
        "a\n",
        "a@sha256:00",
        "a/_b",
        "a/b_",
        "-a/b",
        "x" * 256,
        "https://a/b",
        "a@b:c",
        f"a@{DIGEST}@{DIGEST}",
        "a___b",
        "a..b",
    ],
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(ValueError, match="not an OCI reference"):
        Reference.parse(text)


def test_a_tag_points_to_what_was_pushed_last() -> None:
    reference = Reference.parse("a/b:1")
    state = with_image(empty(), "a/b:1", image("1.0.0"))
    assert pull(state, reference) == image("1.0.0")
    assert pull(with_image(state, "a/b:1", image("2.0.0")), reference) == image("2.0.0")
    assert pull(state, Reference.parse("a/b:2")) is None
    assert pull(state, Reference.parse("a/c:1")) is None
    assert pull(without_image(state, "a/b:1"), reference) is None
    assert without_image(state, "a/c:1") is state


def test_a_digest_finds_its_image_in_its_repository_only() -> None:
    held = image("1.0.0")
    state = with_image(empty(), "a/b:1", held)
    assert pull(state, Reference.parse(f"a/b@{held.digest}")) == held
    assert pull(state, Reference.parse(f"a/b:1@{held.digest}")) == held
    assert pull(state, Reference.parse(f"a/c@{held.digest}")) is None
    assert pull(state, Reference.parse(f"a/b:1@{DIGEST}")) is None
    assert pull(state, Reference.parse(f"a/b@{DIGEST}")) is None


def test_an_image_may_be_held_by_its_digest_alone() -> None:
    held = image("1.0.0")
    image_ref = f"a/b@{held.digest}"
    reference = Reference.parse(image_ref)
    state = with_image(empty(), image_ref, held)
    assert pull(state, reference) == held
    assert pull(state, Reference.parse("a/b")) is None
    assert pull(without_image(state, image_ref), reference) is None


names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
versions = st.builds(
    lambda numbers, tail: ".".join(map(str, numbers)) + tail,
    st.tuples(*[st.integers(0, 10**30)] * 3),
    st.sampled_from(["", "-rc.1", "+build.5", "-a+b"]),
)


@given(names, versions)
def test_the_platform_can_keep_every_pack(name: str, version: str) -> None:
    reference = Reference.parse(make_platform_reference("org_acme", name, version))
    assert reference.repository.endswith(f"/org_acme/{name}")
    assert not reference.is_private_to_others("org_acme")
    assert reference.is_private_to_others("org_globex")
    assert reference.is_private_to_others("org_acm")


def test_other_registries_are_open_to_all() -> None:
    assert not Reference.parse("registry.example.com/org_acme/x:1").is_private_to_others("org_globex")
