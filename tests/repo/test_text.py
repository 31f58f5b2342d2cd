"""What no tracked file says: a path of somebody's machine, or where something is downloaded from."""

import re
from collections.abc import Iterator

from tests.repo.sources import ROOT, tracked

# Each is put together here, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a path of a machine": re.compile(
        r"(?<![\w.~/-])/(?:" + "|".join(["home", "root", "Users", "work", "farm"]) + r")/\w"
    ),
    "a temporary path": re.compile(r"(?<![\w.~/-])/" + r"tmp/\w"),
    "an index of packages": re.compile(
        "|".join([r"index" + r"-url", r"find" + r"-links [/h]", r"trusted" + r"-host "])
    ),
    # but the mock's own on this machine, from which the package for front ends comes
    "a download address": re.compile(
        r'"resolved"' + r'\s*:\s*"[a-z+]+:|https?://(?!127\.0\.0\.1:)[^\s"\']+\.(?:whl|tgz|tar\.gz)\b'
    ),
    "a registry": re.compile(r"https?://(?:registry|pypi|files)\.[a-z.]*(?:npmjs|python|pythonhosted)"),
}
# Where one is meant, and why.
MEANT = {
    ("Makefile", "an index of packages"): "the options that keep the index out of the lock file",
}


def findings() -> Iterator[tuple[str, str, str]]:
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for what, pattern in FORBIDDEN.items():
            for found in pattern.finditer(text):
                name = path.relative_to(ROOT).as_posix()
                if (name, what) not in MEANT:
                    yield name, what, text[max(0, found.start() - 30) : found.end() + 30]


def test_no_tracked_file_says_where_it_was_made() -> None:
    assert list(findings()) == []
