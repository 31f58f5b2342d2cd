"""The mark of a run, which tells its objects from everybody else's."""

from __future__ import annotations

import hashlib
import re
import secrets

FORM = re.compile(r"conformance-[0-9a-z]{1,16}-")
"""The beginning of the name of whatever a run makes; between the hyphens stands the run's id."""
RUN_ID = re.compile(r"[0-9a-z]{1,16}")


def make_id_of_seed(seed: int) -> str:
    """Return the id of a run that is alone in its worlds: the same for the same seed."""
    return hashlib.sha256(str(seed).encode()).hexdigest()[:6]


def draw_id() -> str:
    """Return the id of a run on a server that others use: another one each time."""
    return secrets.token_hex(4)


def mark_of(run_id: str) -> str:
    """Return the mark, with which names begin. No mark begins like another one."""
    return f"conformance-{run_id}-"


def carries(mark: str, *texts: object) -> bool:
    """Return whether one of the texts has the mark in it, in letters of either case."""
    return mark != "" and any(mark in text.lower() for text in texts if isinstance(text, str))


def name_of(mark: str, digest: str, length: int) -> str | None:
    """Return a name of this length, made of mark and digest; None where there is no place for both."""
    room = length - len(mark)
    return mark + (digest * (room // len(digest) + 1))[:room] if room > 0 else None


def mark_reference(image_ref: str, mark: str) -> str:
    """Return the reference to an image with the mark at the end of its repository, its tag as it was."""
    head, slash, last = image_ref.rpartition("/")
    name, colon, tag = last.partition(":")
    return f"{head}{slash}{name}-{mark.removesuffix('-')}{colon}{tag}"
