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

from mock_server.control import ControlContext
from mock_server.errors import StartError
from mock_server.server.reload.documents import Document, WorldDocument
from mock_server.server.reload.handover import rendered, seed_of
from mock_server.state.clock import timestamp
from mock_server.worlds.world import Resumed

FORMAT = 2
_LEFT = "the file is left as it is: mend it, or move it away and every world begins anew"


class FileBeginning(Struct, tag_field="line", tag="worlds"):
    """The first line: the seed data of all worlds below, and how many of them were written with it.

    The digest is of the seed data and of the contract.
    """

    format: int
    digest: str
    seed: Document
    worlds: int
    at: datetime


class ServedFrom(Struct, tag_field="line", tag="serving"):
    """A process serves these worlds from here on; what it writes at its end has no such line."""

    at: datetime
    boot: str = ""
    """The start of the machine that it runs on, where the system says which."""


class KeptWorld(Struct, tag_field="line", tag="world"):
    """What a world held at a time; `number` is that of the latest change before."""

    at: datetime
    number: int
    world: WorldDocument


class WorldChanged(Struct, tag_field="line", tag="changed"):
    """A world has changed, for the first time since it was kept last; or it is new."""

    name: str
    began: datetime
    number: int


class WorldGone(Struct, tag_field="line", tag="gone"):
    """A world was deleted, or dropped."""

    name: str


Event = ServedFrom | KeptWorld | WorldChanged | WorldGone
"""What a line other than the first says."""

_decoder: Decoder[FileBeginning | Event] = Decoder(FileBeginning | Event)


def kept_line(document: Document, context: ControlContext, at: datetime, number: int) -> bytes:
    """Return the line of a world."""
    parts = timestamp(at).encode(), number, rendered(document, context)
    return _with_checksum(b'{"line":"world","at":"%b","number":%d,"world":%b}' % parts)


def beginning_line(context: ControlContext, worlds: int, at: datetime) -> bytes:
    """Return the first line, of so many worlds."""
    parts = FORMAT, worlds, timestamp(at).encode(), context.digest.encode(), seed_of(context)
    return _with_checksum(b'{"line":"worlds","format":%d,"worlds":%d,"at":"%b","digest":"%b","seed":%b}' % parts)


def line(event: ServedFrom | WorldChanged | WorldGone) -> bytes:
    """Return the line of an event."""
    return _with_checksum(encode(event))


def _with_checksum(content: bytes) -> bytes:
    return b"%08x %b\n" % (crc32(content), content)


@dataclass(slots=True)
class KeptWorlds:
    """What a file says: the latest of each world, and whether its process ended in order."""

    beginning: FileBeginning
    kept: dict[str, KeptWorld] = field(default_factory=dict)
    read: dict[str, bytes] = field(default_factory=dict)
    """The line of each world."""
    changed: dict[str, WorldChanged] = field(default_factory=dict)
    """The latest change of each world, where it came after the world was kept."""
    in_order: bool = True
    boot: str = ""
    """The start of the machine that the process ran on, which did not end in order."""
    damaged: int = 0
    """Lines that say nothing, as a machine leaves them that has stopped."""

    @property
    def machine_stopped(self) -> bool:
        """Whether the machine has stopped since, so that anything may be lost that was written last."""
        return not self.in_order and self.boot != boot_of_machine()

    def doubt_all(self) -> None:
        """Count every world as changed since it was kept: whatever said so may be lost."""
        for name, kept in self.kept.items():
            self.changed.setdefault(name, WorldChanged(name, kept.world.began, kept.number))

    def add(self, event: Event, text: bytes) -> None:
        """Take the next line."""
        match event:
            case ServedFrom(boot=boot):
                self.in_order, self.boot = False, boot
            case KeptWorld(world=world, number=number):
                self.kept[world.name], self.read[world.name] = event, text
                if world.name in self.changed and self.changed[world.name].number <= number:
                    del self.changed[world.name]
            case WorldChanged(name=name):
                self.changed[name] = event
            case WorldGone(name=name):
                self.kept.pop(name, None)
                self.changed.pop(name, None)

    def worlds(self, now: datetime) -> Iterator[WorldDocument]:
        """Yield each world as it was kept, for a process that goes on with it now."""
        for name, kept in self.kept.items():
            before = kept.world.resumed or Resumed(now, now)
            changes = now if name in self.changed else before.changes_lost
            journal = before.journal_lost if self.in_order else now
            kept.world.resumed = Resumed(now, kept.at, changes, journal)
            yield kept.world

    @property
    def never_kept(self) -> list[str]:
        """The worlds of which nothing is known but that they had begun."""
        return [name for name in self.changed if name not in self.kept]

    def lines(self) -> list[tuple[str, bytes]]:
        """Return the line of each world, as it was read."""
        return [(name, self.read[name]) for name in self.kept]


def boot_of_machine() -> str:
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
    contents = _begun(lines[0], option)
    for number, text in enumerate(lines[1:], start=2):
        _take(text, f"{option}: line {number}", contents)
    if contents.machine_stopped:
        contents.doubt_all()
    elif contents.in_order:
        _check_is_whole(contents, option)
    return contents


def _check_is_whole(contents: KeptWorlds, option: str) -> None:
    """Raise StartError where a file that was ended in order has fewer worlds than it says."""
    if len(contents.kept) != contents.beginning.worlds:
        missing = f"it has {len(contents.kept)} worlds of {contents.beginning.worlds}, so its end is missing"
        raise StartError(f"{option}: {missing}; {_LEFT}")


def _decoded(text: bytes, said: str, advice: str) -> FileBeginning | Event:
    """What a line says; StartError, with these words around the reason, where it says nothing."""
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
        if contents.in_order:
            raise StartError(f"{where}: is cut; {_LEFT}")
        return
    try:
        contents.add(_event(text, where), text)
    except StartError:
        if not contents.machine_stopped:
            raise
        contents.damaged += 1


def _event(text: bytes, where: str) -> Event:
    event = _decoded(text, f"{where}:", _LEFT)
    if isinstance(event, FileBeginning):
        raise StartError(f"{where}: is a second first line; {_LEFT}")
    return event


def _begun(text: bytes, option: str) -> KeptWorlds:
    """The contents after the first line."""
    beginning = _decoded(text, f"{option}: line 1: is not of a file of worlds:", "name another file")
    if not isinstance(beginning, FileBeginning):
        raise StartError(f"{option}: line 1: is not the first of a file of worlds; name another file")
    if beginning.format != FORMAT:
        newer = f"is of format {beginning.format}, and this version reads {FORMAT}"
        raise StartError(f"{option}: line 1: {newer}; {_LEFT}")
    return KeptWorlds(beginning)
