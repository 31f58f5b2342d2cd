"""The in-memory image registry: OCI references and the images behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from rpds import HashTrieMap

from mock_server.resources.packs.images import IMAGES, Files, Held, Unusable, build, compute_digest, make_files
from mock_server.resources.packs.pack_yaml import ContentError
from mock_server.state.collection import Collection, Fixtures
from mock_server.state.records import Lookup, RecordProblem, find_shared
from mock_server.state.state import State
from mock_server.state.value import Value, replace

PLATFORM_HOST = "registry.evershell.example"
"""The platform's own registry, where the images of uploaded packs are kept."""

# The grammar of an OCI reference: [host[:port]/]path[:tag][@digest].
_HOST_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = rf"{_HOST_LABEL}(?:\.{_HOST_LABEL})*(?::[0-9]+)?"
_PATH_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_ALGORITHM = r"[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*"
_REFERENCE = re.compile(
    rf"(?P<repository>(?:{_HOST}/)?{_PATH_PART}(?:/{_PATH_PART})*)"
    rf"(?::(?P<tag>{_TAG}))?"
    rf"(?:@(?P<digest>{_ALGORITHM}:[0-9a-fA-F]{{32,}}))?"
)
_LONGEST_REPOSITORY = 255
_LONGEST = 1024  # far more than a repository, a tag and any digest that is in use; longer ones would take long to read


class Reference(Value):
    """An OCI reference in its parts; without tag and digest it means the tag `latest`."""

    repository: str
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Return the parts of a text; ValueError when it is not an OCI reference."""
        match = None if len(text) > _LONGEST else _REFERENCE.fullmatch(text)
        if match is None or len(match["repository"]) > _LONGEST_REPOSITORY:
            raise ValueError(f"{text[:200]!r} is not an OCI reference")
        tag, digest = match["tag"], match["digest"]
        return cls(match["repository"], tag if tag or digest else "latest", digest)

    def write_tagged(self, version: str) -> str:
        """Return the reference by tag alone: its own, or that of a version where it has none."""
        return f"{self.repository}:{self.tag or _make_version_tag(version)}"

    def is_private_to_others(self, org_id: str) -> bool:
        """Whether it lies in the platform's registry, and not among what this org uploaded."""
        return self.repository.startswith(f"{PLATFORM_HOST}/") and not self.repository.startswith(
            f"{PLATFORM_HOST}/{org_id}/"
        )


def make_platform_reference(org_id: str, name: str, version: str) -> str:
    """Return the reference under which the platform keeps the image of a pack that an org uploads."""
    return f"{PLATFORM_HOST}/{org_id}/{name}:{_make_version_tag(version)}"


def _make_version_tag(version: str) -> str:
    # A tag has no "+", which a version may have, and at most 128 characters.
    return version.replace("+", "_")[:128]


Tags: TypeAlias = "HashTrieMap[str, Held]"


class Repository(Value):
    """The images of a repository by tag; without a tag the digest stands in its place, after an @."""

    name: str
    tags: Tags


class _ImageItem(Value):
    """An image of the fixtures; one that is not usable is no pack."""

    image_ref: str
    files: Files
    usable: bool = True


def _read(name: str, record: Mapping[str, Any], lookup: Lookup) -> Repository:
    tags = {tag: _find_tagged(name, tag, digest, lookup) for tag, digest in record.items()}
    return Repository(name, HashTrieMap({tag: held for tag, held in tags.items() if held is not None}))


def _find_tagged(repository: str, tag: str, digest: str, lookup: Lookup) -> Held | None:
    text = repository + tag if tag.startswith("@") else f"{repository}:{tag}"
    try:
        reference = Reference.parse(text)
    except ValueError as error:
        raise RecordProblem(f"{text} is not an OCI reference.", tag) from error
    if reference.repository != repository or tag not in {reference.tag, f"@{reference.digest}"}:
        raise RecordProblem(f"{text} is not an OCI reference of the repository {repository}.", tag)
    if tag.startswith("@") and tag != f"@{digest}":
        raise RecordProblem("A digest can stand for the image of that digest only.", tag)
    held: Held | None = find_shared(lookup, IMAGES, digest, tag)
    return held


def _add(state: State, item: _ImageItem) -> State:
    if pull(state, Reference.parse(item.image_ref)) is not None:
        raise ValueError(f"image_ref: {item.image_ref} is there twice")
    files = make_files(item.files)
    if item.usable:
        return with_image(state, item.image_ref, build(files))
    try:
        build(files)
    except ContentError as problem:
        return with_image(state, item.image_ref, Unusable(compute_digest(files), str(problem)))
    raise ValueError("usable: the image is a pack all the same")


REGISTRY = Collection(
    Repository,
    "registry",
    key=("name",),
    noun="repository",
    description="By repository, then by tag; the digest of the image that each stands for.",
    holds_content=True,
    own_record=lambda repository: {tag: held.digest for tag, held in repository.tags.items()},
    own_read=_read,
    record_schema={"type": "object", "additionalProperties": {"type": "string"}},
    shares=IMAGES,
    parts=lambda repository: repository.tags.values(),
    fixtures=Fixtures(name="images", item=_ImageItem, key=("image_ref",), add=_add),
)
_NOTHING = Repository("", HashTrieMap())


def pull(state: State, reference: Reference) -> Held | None:
    """Return what the registry holds under a reference; a digest finds what a tag of its repository holds."""
    tags = state.get(REGISTRY, reference.repository, _NOTHING).tags
    if reference.tag is None:
        return next((held for held in tags.values() if held.digest == reference.digest), None)
    held = tags.get(reference.tag)
    return held if held and reference.digest in (None, held.digest) else None


def with_image(state: State, image_ref: str, held: Held) -> State:
    """Return the state whose registry holds this under a reference; ValueError for what is none.

    A digest that is not that of the content is the caller's to refuse.
    """
    reference = Reference.parse(image_ref)
    tags = state.get(REGISTRY, reference.repository, _NOTHING).tags
    tag = reference.tag or f"@{held.digest}"
    return state.put(REGISTRY, Repository(reference.repository, tags.insert(tag, held)))


def without_image(state: State, image_ref: str) -> State:
    """Return the state whose registry holds nothing under a reference; ValueError for what is none."""
    reference = Reference.parse(image_ref)
    repository = state.get(REGISTRY, reference.repository)
    if repository is None:
        return state
    left = repository.tags.discard(reference.tag or f"@{reference.digest}")
    return state.put(REGISTRY, replace(repository, tags=left))
