"""The in-memory image registry: OCI references and the images behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rpds import HashTrieMap

from mock_server.resources.packs.images import Image

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


@dataclass(frozen=True, slots=True)
class Reference:
    """An OCI reference in its parts; without tag and digest it means the tag `latest`."""

    repository: str
    tag: str | None
    digest: str | None

    @classmethod
    def of(cls, text: str) -> Reference:
        """Return the parts of a text; ValueError when it is not an OCI reference."""
        match = None if len(text) > _LONGEST else _REFERENCE.fullmatch(text)
        if match is None or len(match["repository"]) > _LONGEST_REPOSITORY:
            raise ValueError(f"{text[:200]!r} is not an OCI reference")
        tag, digest = match["tag"], match["digest"]
        return cls(match["repository"], tag if tag or digest else "latest", digest)

    def tagged(self, version: str) -> str:
        """Return the reference by tag alone: its own, or that of a version where it has none."""
        return f"{self.repository}:{self.tag or _version_tag(version)}"

    def private_to_others(self, org_id: str) -> bool:
        """Whether it lies in the platform's registry, and not among what this org uploaded."""
        return self.repository.startswith(f"{PLATFORM_HOST}/") and not self.repository.startswith(
            f"{PLATFORM_HOST}/{org_id}/"
        )


def platform_reference(org_id: str, name: str, version: str) -> str:
    """Return the reference under which the platform keeps the image of a pack that an org uploads."""
    return f"{PLATFORM_HOST}/{org_id}/{name}:{_version_tag(version)}"


def _version_tag(version: str) -> str:
    # A tag has no "+", which a version may have, and at most 128 characters.
    return version.replace("+", "_")[:128]


@dataclass(frozen=True, slots=True)
class Unusable:
    """What a reference holds that can be pulled but is no pack; `reason` says why."""

    digest: str
    reason: str


Held = Image | Unusable


@dataclass(frozen=True, slots=True)
class Registry:
    """Images by repository and tag; a digest finds what a tag of its repository holds."""

    repositories: HashTrieMap[str, HashTrieMap[str, Held]] = field(default_factory=HashTrieMap)

    def pull(self, reference: Reference) -> Held | None:
        """Return what the reference points to; None when the registry does not hold it."""
        tags = self.repositories.get(reference.repository, _NO_TAGS)
        if reference.tag is None:
            return next((held for held in tags.values() if held.digest == reference.digest), None)
        held = tags.get(reference.tag)
        return held if held and reference.digest in (None, held.digest) else None

    def push(self, reference: Reference, held: Held) -> Registry:
        """Return the registry in which the reference points to this.

        Without a tag the digest stands in its place. A digest that is not that of the content is
        the caller's to refuse.
        """
        tags = self.repositories.get(reference.repository, _NO_TAGS)
        tag = reference.tag or f"@{held.digest}"
        return Registry(self.repositories.insert(reference.repository, tags.insert(tag, held)))

    def drop(self, reference: Reference) -> Registry:
        """Return the registry in which the reference points to nothing."""
        tags = self.repositories.get(reference.repository, _NO_TAGS)
        tag = reference.tag or f"@{reference.digest}"
        return Registry(self.repositories.insert(reference.repository, tags.discard(tag)))

    def without(self, repository: str) -> Registry:
        """Return the registry without this repository and all that it holds."""
        return Registry(self.repositories.discard(repository))


_NO_TAGS: HashTrieMap[str, Held] = HashTrieMap()
