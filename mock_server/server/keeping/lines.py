"""The lines of a file of worlds: the first says what it is, each other one what became of one world.

A line is a checksum, a blank, and JSON: what has changed on disk since it was written is never taken for a world.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zlib import crc32

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder, encode

from mock_server.errors import StartError
from mock_server.server.keeping.kept_world import KeptWorld
from mock_server.worlds.world import Resumed

FORMAT = 3
_LEFT = "the file is left as it is: mend it, or move it away and every world begins anew"


class FileBeginning(Struct, tag_field="line", tag="worlds"):
    """The first line: the digest of seed data and contract, and how many worlds were written with it.

    `served_on` is the start of the machine on which a process serves these worlds from here on, empty where the system
    does not say which; None in what a process writes at its end.
    """

    format: int
    digest: str
    worlds: int
    at: datetime
    served_on: str | None = None


class WorldKept(Struct, tag_field="line", tag="world"):
    """A world as it was at a time."""

    at: datetime
    world: KeptWorld


class WorldChanged(Struct, tag_field="line", tag="changed"):
    """A world has changed, for the first time since it was kept last; or it is new."""

    name: str


class WorldGone(Struct, tag_field="line", tag="gone"):
    """A world was deleted, or dropped."""

    name: str


Event = WorldKept | WorldChanged | WorldGone
"""A line other than the first."""

_decoder: Decoder[FileBeginning | Event] = Decoder(FileBeginning | Event)


def write_line(event: FileBeginning | Event) -> bytes:
    """Return the line of an event."""
    content = encode(event)
    return b"%08x %b\n" % (crc32(content), content)


@dataclass(slots=True)
class KeptWorlds:
    """The content of a file: the latest of each world, and whether its process ended in order."""

    beginning: FileBeginning
    kept: dict[str, WorldKept] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    """The worlds that have changed after they were kept."""
    damaged: int = 0
    """Lines that say nothing, as a machine leaves them that has stopped."""

    @property
    def ended_in_order(self) -> bool:
        """Whether its process ended in order."""
        return self.beginning.served_on is None

    @property
    def machine_stopped(self) -> bool:
        """Whether the machine has stopped since, so that anything may be lost that was written last."""
        return self.beginning.served_on not in {None, read_boot_id()}

    def add(self, event: Event) -> None:
        """Take the next line."""
        match event:
            case WorldKept(world=world):
                self.kept[world.name] = event
                self.changed.discard(world.name)
            case WorldChanged(name=name):
                self.changed.add(name)
            case WorldGone(name=name):
                self.kept.pop(name, None)
                self.changed.discard(name)

    def list_worlds(self, now: datetime) -> Iterator[KeptWorld]:
        """Yield each world as it was kept, for a process that goes on with it now."""
        for name, kept in self.kept.items():
            before = kept.world.resumed or Resumed(now, now)
            changes = now if name in self.changed or self.machine_stopped else before.changes_lost
            journal = before.journal_lost if self.ended_in_order else now
            kept.world.resumed = Resumed(now, kept.at, changes, journal)
            yield kept.world


def read_boot_id() -> str:
    """Return what names the present start of the machine; nothing where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def read(path: Path) -> KeptWorlds | None:
    """Return what a file says, None where there is nothing yet; StartError names the first line that is wrong.

    The last line may be cut where the process was killed: then it counts as not written. Where the machine has stopped
    since, any line may be lost, or torn: what is whole counts, and every world may have lost changes.
    """
    option = f"--keep-worlds {path}"
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StartError(f"{option}: cannot be read: {error.strerror}") from error
    if not lines:
        return None
    contents = _read_beginning(lines[0], option)
    for number, text in enumerate(lines[1:], start=2):
        _take(text, f"{option}: line {number}", contents)
    if contents.ended_in_order and len(contents.kept) != contents.beginning.worlds:
        missing = f"it has {len(contents.kept)} worlds of {contents.beginning.worlds}, so its end is missing"
        raise StartError(f"{option}: {missing}; {_LEFT}")
    return contents


def _decode(text: bytes, said: str, advice: str) -> FileBeginning | Event:
    """Return what a line says; StartError, with these words around the reason, where it says nothing."""
    checksum, _, content = text.rstrip(b"\n").partition(b" ")
    if checksum != b"%08x" % crc32(content):
        raise StartError(f"{said} its checksum is not that of what stands there; {advice}")
    try:
        return _decoder.decode(content)
    except (DecodeError, ValidationError, UnicodeDecodeError) as error:
        raise StartError(f"{said} {error}; {advice}") from error


def _take(text: bytes, where: str, contents: KeptWorlds) -> None:
    """Take a line; StartError where it says nothing, unless a kill or the machine that stopped may have left it so."""
    if not text.endswith(b"\n"):
        if contents.ended_in_order:
            raise StartError(f"{where}: is cut; {_LEFT}")
        return
    try:
        contents.add(_read_event(text, where))
    except StartError:
        if not contents.machine_stopped:
            raise
        contents.damaged += 1


def _read_event(text: bytes, where: str) -> Event:
    event = _decode(text, f"{where}:", _LEFT)
    if isinstance(event, FileBeginning):
        raise StartError(f"{where}: is a second first line; {_LEFT}")
    return event


def _read_beginning(text: bytes, option: str) -> KeptWorlds:
    """The contents after the first line."""
    beginning = _decode(text, f"{option}: line 1: is not of a file of worlds:", "name another file")
    if not isinstance(beginning, FileBeginning):
        raise StartError(f"{option}: line 1: is not the first of a file of worlds; name another file")
    if beginning.format != FORMAT:
        newer = f"is of format {beginning.format}, and this version reads {FORMAT}"
        raise StartError(f"{option}: line 1: {newer}; {_LEFT}")
    return KeptWorlds(beginning)
