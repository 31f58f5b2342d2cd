"""The media types of a message, each with what it was before: itself, or a range that has become wider or narrower."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaPair:
    """A media type that is in one content, or two of which one is a range that the other is in, or one in both."""

    old: str | None
    new: str | None

    @property
    def is_narrower(self) -> bool:
        """Return whether a range has become what is in it."""
        return self.old is not None and self.new is not None and _is_in(self.new, self.old)

    @property
    def is_wider(self) -> bool:
        """Return whether a range is there in the place of what is in it."""
        return MediaPair(self.new, self.old).is_narrower


def pair_media_types(before: Collection[str], after: Collection[str]) -> Iterator[MediaPair]:
    """Yield each media type of two contents with its counterpart in the other one, if it has one."""
    old, new = ({each.lower(): each for each in sorted(content)} for content in (before, after))
    gone, come = ([one[name] for name in one.keys() - other.keys()] for one, other in ((old, new), (new, old)))
    pairs = [MediaPair(one, other) for one in gone for other in come if _is_in(one, other) or _is_in(other, one)]
    olds, news = {each.old for each in pairs}, {each.new for each in pairs}
    pairs += [MediaPair(old[name], new[name]) for name in old.keys() & new.keys()]
    pairs += [MediaPair(each, None) for each in gone if each not in olds]
    pairs += [MediaPair(None, each) for each in come if each not in news]
    yield from sorted(pairs, key=lambda pair: (pair.new or pair.old or "", pair.old or ""))


def _is_in(media: str, given: str) -> bool:
    """Return whether a media type, or a range, is in a range."""
    media, given = media.lower(), given.lower()
    kind, _, rest = given.partition("/")
    return rest == "*" and media != given and (kind == "*" or media.startswith(f"{kind}/"))
