"""Hostile archives, made block by block: what no archiver would write, and what only an attacker would ask one for."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

MIB = 1024 * 1024
MANIFEST = b"name: hostile\nversion: 1.0.0\n"
END = bytes(1024)


def header(
    path: str | bytes, size: int = 0, *, kind: bytes = b"0", mode: int = 0o644, target: bytes = b"", said: bytes = b""
) -> bytes:
    """A header with a right checksum; `said` stands where the size does."""
    block = bytearray(512)
    name = path.encode() if isinstance(path, str) else path
    fields = {0: name[:100], 100: b"%07o\0" % mode, 124: said or b"%011o\0" % size, 136: b"0" * 11 + b"\0"}
    for at, field in {**fields, 156: kind, 157: target, 257: b"ustar\x0000"}.items():
        block[at : at + len(field)] = field
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def entry(path: str | bytes, data: bytes = b"x", *, kind: bytes = b"0", mode: int = 0o644) -> bytes:
    """A header, the data after it, and its padding."""
    return header(path, len(data), kind=kind, mode=mode) + data + bytes(-len(data) % 512)


def pax(kind: bytes = b"x", **records: bytes) -> bytes:
    """What a pax header says about the entry after it; a double underscore in a name stands for a dot."""
    said = b""
    for name, value in records.items():
        rest = b" %b=%b\n" % (name.replace("__", ".").encode(), value)
        length = len(rest) + 1
        while len(str(length)) + len(rest) != length:
            length = len(str(length)) + len(rest)
        said += b"%d%b" % (length, rest)
    return entry("pax", said, kind=kind)


def long_name(name: bytes) -> bytes:
    """GNU's long name of the entry after it."""
    return entry("././@LongLink", name + b"\0", kind=b"L")


def tarred(*entries: bytes, name: bytes = b"hostile") -> bytes:
    """A tar of a pack with these entries in it."""
    return entry("pack.yaml", MANIFEST.replace(b"hostile", name)) + b"".join(entries) + END


def packed(*entries: bytes) -> bytes:
    """A .tar.gz of a pack with these entries in it."""
    return gzip.compress(tarred(*entries), compresslevel=1, mtime=0)


# Each with what its refusal says. None of it is for an archiver to be proud of.
ENTRIES: Mapping[str, tuple[bytes, str]] = {
    "a link, and .. after it": (header("data/l", kind=b"2", target=b"/etc") + entry("data/l/../x"), "symbolic link"),
    "a hard link": (header("data/l", kind=b"1", target=b"pack.yaml"), "hard link"),
    "a character device": (header("data/null", kind=b"3"), "device"),
    "a block device": (header("data/disk", kind=b"4"), "device"),
    "a pipe": (header("data/pipe", kind=b"6"), "named pipe"),
    "a volume": (header("volume", kind=b"V"), "of a type that a pack cannot hold"),
    "the rest of a file": (entry("data/x", kind=b"M"), "of a type that a pack cannot hold"),
    "GNU's sparse file": (header("data/x", kind=b"S"), "sparse"),
    "pax's sparse file": (pax(GNU__sparse__major=b"1", GNU__sparse__name=b"data/x") + entry("data/0"), "sparse"),
    "absolute": (entry("/etc/passwd"), "absolute path"),
    "absolute in pax": (pax(path=b"/etc/passwd") + entry("data/x"), "absolute path"),
    "absolute in a long name": (long_name(b"/etc/passwd") + entry("data/x"), "absolute path"),
    "..": (entry("data/../../x"), '".."'),
    ".. in pax": (pax(path=b"data/../../x") + entry("data/x"), '".."'),
    ".. in a long name": (long_name(b"data/../../x") + entry("data/x"), '".."'),
    ".. with backslashes": (entry("data\\..\\..\\x"), '".."'),
    ".. with one backslash": (entry("data/..\\x"), '".."'),
    ".. and a space": (entry("data/.. /x"), '".."'),
    ".. in full width": (entry("data/\uff0e\uff0e/x"), '".."'),
    ".. in full width before it is separated": (entry("data/..\uff0fx"), '".."'),
    ".. as a two-dot leader": (entry("data/\u2025/x"), '".."'),
    ".. as one-dot leaders": (entry("data/\u2024\u2024/x"), '".."'),
    ".. before a division slash": (entry("data/..\u2215x"), '".."'),
    ".. before a fraction slash": (entry("data/..\u2044x"), '".."'),
    ".. before a small backslash": (entry("data/..\ufe68x"), '".."'),
    ".. in overlong UTF-8": (entry(b"data/\xc0\xae\xc0\xae/x"), "not UTF-8"),
    "half a surrogate": (entry(b"data/\xed\xa0\x80"), "not UTF-8"),
    "a drive": (entry("C:/Windows/x"), "not an entry of a pack"),
    "a drive with backslashes": (entry("C:\\Windows\\x"), "not an entry of a pack"),
    "a share": (entry("\\\\server\\share\\x"), "not an entry of a pack"),
    "a NUL": (pax(path=b"data/a\0b") + entry("data/x"), "NUL"),
    "no name": (entry(""), "without a name"),
    "a file for the root": (entry("./"), "without a name"),
    "a long path": (pax(path=b"data/" + b"x/" * 3000) + entry("data/x"), "path of more than 4,096"),
    "a longer name than any": (long_name(b"x" * 70_000) + entry("data/x"), "name or header of more than 65,536"),
    "twice": (entry("data/x") + entry("data/./x"), "duplicate"),
    "twice by normalisation": (entry("data/\u00e4") + entry("data/a\u0308"), "only Unicode normalisation"),
    "file and folder": (entry("data/x") + entry("data/x/y"), "both a file and a folder"),
    "a size without end": (header("data/x", said=b"\x80" + b"\xff" * 11), "larger than 8,388,608"),
    "a negative size": (header("data/x", said=b"\xff" * 12), "size of an entry is no number"),
    "no size": (header("data/x", said=b"twelve bytes"), "size of an entry is no number"),
    "a size that Python alone reads": (header("data/x", said=b"0_1_0000000\0"), "size of an entry is no number"),
    "a size of 5,000 digits": (pax(size=b"9" * 5000) + entry("data/x"), "size of an entry is no number"),
    "a size that pax leaves out": (pax(size=b"") + entry("data/x"), "size of an entry is no number"),
    "a pax header of no records": (entry("pax", b"no record", kind=b"x"), "pax header is wrong"),
    "a pax record that is longer than it says": (entry("pax", b"3 path=data/x\n", kind=b"x"), "pax header is wrong"),
    "a larger file than it holds": (header("data/x", 4096), "cut short"),
}

ACCEPTED: Mapping[str, tuple[bytes, str, bytes]] = {
    "setuid and setgid": (entry("data/x", mode=0o6755), "data/x", b"x"),
    "a name from pax": (pax(path=b"data/" + b"y" * 300) + entry("data/x"), "data/" + "y" * 300, b"x"),
    "a size from pax": (pax(size=b"3") + entry("data/x", b"abc"), "data/x", b"abc"),
    "GNU's long name": (long_name(b"data/" + b"z" * 300) + entry("data/x"), "data/" + "z" * 300, b"x"),
    "what pax says of everything": (pax(b"g", comment=b"none") + entry("data/x"), "data/x", b"x"),
    "an archive in it, which stays closed": (
        entry("data/bomb.gz", gzip.compress(bytes(64 * MIB), mtime=0)),
        "data/bomb.gz",
        gzip.compress(bytes(64 * MIB), mtime=0),
    ),
    "a percent sign": (entry("data/%2e%2e%2fx"), "data/%2e%2e%2fx", b"x"),
    "names that differ in case": (entry("data/README") + entry("data/readme", b"y"), "data/README", b"x"),
    "names that differ in case beyond ASCII": (entry("data/\u00c4") + entry("data/\u00e4", b"y"), "data/\u00e4", b"y"),
    "a file and a folder that differ in case": (entry("data/x") + entry("data/X/y", b"y"), "data/X/y", b"y"),
    "names that differ": (entry("data/ss") + entry("data/\u00df", b"y"), "data/\u00df", b"y"),
}


def _cut(length: int) -> bytes:
    return packed(entry("data/x", bytes(range(256)) * 8))[:length]


STREAMS: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "cut in gzip's header": (lambda: _cut(5), "cut short"),
    "cut in the middle": (lambda: _cut(-200), "cut short"),
    "cut in the checksum": (lambda: _cut(-3), "cut short"),
    "a member cut after a whole one": (lambda: packed() + gzip.compress(b"more")[:-4], "cut short"),
    "bytes after the last member": (lambda: packed() + b"more", "What follows the archive is not gzip"),
    "members without end": (lambda: gzip.compress(b"") * 20_000 + packed(), "10,000 gzip members"),
    "gzip in gzip": (lambda: gzip.compress(packed()), "not a gzip-compressed tar"),
    "gzip's name of megabytes": (
        lambda: b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"n" * (8 * MIB),
        "cut short",
    ),
    "zeros without end": (lambda: bomb(0, 1, tail=200 * MIB), "unpacks to more bytes"),
    "a bomb of files": (lambda: bomb(17, 8), "134,217,728 bytes"),
    "a bomb that a last entry spoils": (lambda: bomb(15, 8, last=entry("evil")), "not an entry of a pack"),
    "a bomb that is no pack": (lambda: bomb(15, 8, manifest=b""), "no pack.yaml"),
    "a bomb with a manifest that is none": (lambda: bomb(15, 8, manifest=b"name: [", first=False), "not valid YAML"),
    "ten million entries": (lambda: announced(10_000_000), "10,000 entries"),
}


@cache
def bomb(
    files: int, size: int, *, manifest: bytes = MANIFEST, first: bool = True, last: bytes = b"", tail: int = 0
) -> bytes:
    """Files of so many MiB, each of other bytes, in a few hundred KiB; its manifest before or after them."""

    def blocks() -> Iterator[bytes]:
        about = entry("pack.yaml", manifest) if manifest else b""
        yield about if first else b""
        for number in range(files):
            yield header(f"data/{number}", size * MIB)
            yield from [bytes([number + 1]) * MIB] * size
        yield from (b"" if first else about, last, END)
        yield from [bytes(MIB)] * (tail // MIB)

    return _compressed(blocks())


@cache
def announced(entries: int) -> bytes:
    """An archive of so many empty files, most of them the same one: compressed once, and repeated."""
    distinct = b"".join(header(f"data/{number}") for number in range(10_001))
    run = 100_000
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    again = deflater.compress(header("data/0") * run) + deflater.flush(zlib.Z_FULL_FLUSH)
    opened = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = opened.compress(entry("pack.yaml", MANIFEST) + distinct) + opened.flush(zlib.Z_FULL_FLUSH)
    # Nobody reads as far as its checksum.
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + start + again * (entries // run)


def incompressible(size: int) -> bytes:
    """An archive of about so many bytes on the wire, of files that do not get smaller, spoilt by its last entry."""
    seed = bytes(range(256)) * 4096
    files = [entry(f"data/{number}", bytes(b ^ number for b in seed[:1024]) * 1024) for number in range(size // MIB)]
    return gzip.compress(tarred(*files, entry("evil")), compresslevel=0, mtime=0)


def _compressed(blocks: Iterable[bytes]) -> bytes:
    deflater = zlib.compressobj(1, wbits=31)
    return b"".join([*map(deflater.compress, blocks), deflater.flush()])
