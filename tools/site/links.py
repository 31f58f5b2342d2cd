"""Links of documents, as they lead in the repository, made links between the pages of the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

_FENCE = re.compile(r"^(```.*?^```[^\S\n]*$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z]+:|#")


class Links:
    """Those of the documents that are pages, and of the pictures beside them."""

    def __init__(self, pages: Mapping[str, str], is_there: Callable[[str], bool]) -> None:
        self._pages = pages
        self._is_there = is_there
        self.pictures: set[str] = set()
        """Files of the repository that pages show."""

    def rewritten(self, document: str, text: str) -> str:
        """The text with links that lead on the site.

        What is in the repository and no page is named in place of a link. LookupError where a link leads nowhere.
        """
        parts = _FENCE.split(text)
        return "".join(part if part.startswith("```") else self._prose(document, part) for part in parts)

    def _prose(self, document: str, text: str) -> str:
        return _LINK.sub(lambda found: self._link(document, found[1], found[2], found[3]), text)

    def _link(self, document: str, is_picture: str, text: str, target: str) -> str:
        if _ELSEWHERE.match(target):
            return f"{is_picture}[{text}]({target})"
        path, hash_, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(document), path))
        if is_picture:
            self.pictures.add(path)
            return f"![{text}]({posixpath.basename(path)})"
        if path in self._pages:
            return f"[{text}]({self._pages[path]}{hash_}{anchor})"
        if not self._is_there(path):
            raise LookupError(f"{document}: {target} leads nowhere")
        return text if path in text else f"{text} (`{path}`)"


def links_of(text: str) -> Iterator[str]:
    """The targets of the links of a text."""
    for part in _FENCE.split(text):
        if not part.startswith("```"):
            yield from (found[3] for found in _LINK.finditer(part))
