"""Texts and bytes that are easily spoilt on their way: trimmed, normalised, unescaped once more, or cut."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from random import Random

TEXTS: Mapping[str, tuple[str, ...]] = {
    "decomposed": ("e\u0301a\u0308", "\u1112\u1161\u11ab", "A\u030a\u0323", "n\u0303 o\u0328\u0304"),
    "composed": ("\u00e9\u00e4", "\ud55c", "\u1ea1 \u01ed", "\u00f1 \u00c5"),
    "compatible": ("\ufb01 \u212b", "\u2126 \u212a", "\u00bd \u2460 \uff21\uff22", "\u2075 \u33a1"),
    "joined": ("\U0001f469\u200d\U0001f4bb", "a\u200cb\u200dc", "\u2060x\ufe0f", "soft\u00adhyphen a\u200bb"),
    "beyond-the-basic-plane": ("\U0001f9ea\U0001f4e6", "\U0001d518\U0001d55f", "\U00020bb7", "\U0001f1e9\U0001f1ea"),
    "right-to-left": (
        "\u202edone\u202c",
        "\u05e9\u05dc\u05d5\u05dd\u200f",
        "\u0645\u0631\u062d\u0628\u0627",
        "\u2067x\u2069",
    ),
    "cases": ("MiXeD", "STRASSE stra\u00dfe \u1e9e", "\u0130i \u0131I", "\u017f \u03c2\u03a3"),
    "backslashes": ("C:\\new\\table", "\\u0041 \\n \\\\", "\\", "\\x41\\101\\"),
    "quotes": ('"double"', "'single'", 'it\'s "both"', "`x` \u201cy\u201d \u00abz\u00bb"),
    "like-yaml": (
        "yes",
        "null",
        "~",
        "- item",
        "key: value",
        "# no comment",
        "*alias",
        "!tag",
        "---",
        "| text",
        "{a: b}",
    ),
    "like-a-number": ("007", "1.0", "1e3", "0x1F", "1_000", "-0", "12:30:45", "2026-01-01", "NaN"),
    "like-json": ('{"a": 1}', "[1, 2]", '"quoted"', "true", '\\"'),
    "like-markup": ("&amp; <b>bold</b>", "&#233;", "<!-- x -->", "%41+%2B%20", "${x} {{x}} %s {0}", "=1+1"),
    "blanks-at-the-ends": ("  both  ", "\tbefore", "after\n", "\r\nboth\r\n", "\u00a0no-break\u3000", "\u2003em\u200a"),
    "blanks-alone": (" ", "\t", "\n", "\u3000"),
    "runs-of-blanks": ("a  b   c", "a\t\tb", "a \t b", "a\u00a0 b"),
    "line-ends": ("one\r\ntwo\rthree\nfour", "one\n\n\ntwo", "one\u2028two\u2029three\x85four", "a\x0bb\x0cc"),
    "control-characters": ("\x01\x1b[31m\x7f", "bell\x07\x08", "\x1f\x80\x9f"),
    "byte-order-mark": ("\ufeffbegins", "in\ufeffside"),
    "not-characters": ("\uffff\ufdd0", "\ufffd\ue000", "\U0010ffff"),
    "commas": ("a,b", ",", "a, b;c|d", ",,"),
    "empty": ("",),
}
"""The texts of each kind, each of which is one of its ways to be spoilt."""
SEVERAL: Mapping[str, tuple[str, ...]] = {
    "several-1": (
        "decomposed",
        "joined",
        "right-to-left",
        "backslashes",
        "like-markup",
        "commas",
        "line-ends",
        "composed",
    ),
    "several-2": ("quotes", "cases", "beyond-the-basic-plane", "compatible", "control-characters", "runs-of-blanks"),
}
"""The kinds of which a text may have one way each in a row, so that every run meets each."""
WITH_NUL = "one\0two"
"""A text that is kept as it is, or refused."""
SIGNS = ("x", "\u00e4", "\u2192")
"""Characters of one, two and three bytes."""

CYCLE = bytes(range(251))
"""The number of bytes of which no part at a power of two is like the part before it."""

Bytes = Callable[[Random], bytes]
CONTENTS: Mapping[str, Bytes] = {
    "empty": lambda _: b"",
    "text": lambda _: b"# Read me\n",
    "one-byte": lambda random: random.randbytes(1),
    "no-newline": lambda _: b"no newline",
    "carriage-returns": lambda random: random.choice((b"#!/bin/sh\r\necho\r", b"a:   1\r\n", b"\r", b"\n\r")),
    "blanks-at-the-ends": lambda random: random.choice((b"  both \n\n", b"\n", b"\t", b"\0\0x\0")),
    "every-byte": lambda random: bytes(random.sample(range(256), 256)) * 3,
    "nul": lambda _: b"a\0b\n",
    "nearly-text": lambda random: (
        "Z\u00e4hle \u2192 \U0001f4e6".encode() + random.choice((b"\xff", b"\xc3", b"\xf0\x9f"))
    ),
    "byte-order-mark": lambda random: "\ufeffwith a byte order mark\r\n".encode(random.choice(("utf-8", "utf-32-be"))),
    "utf-16": lambda _: "e\u0301 \U0001f4e6\r\n".encode("utf-16"),
    "utf-16-without-mark": lambda random: "e\u0301 \r\n".encode(random.choice(("utf-16-le", "utf-16-be"))),
    "latin-1": lambda _: "\u00fc\u00df\u00e9\n".encode("latin-1"),
    "decomposed": lambda _: "e\u0301a\u0308\n".encode(),
    "gzip": lambda _: gzip.compress(b"packed\n" * 9, mtime=0),
    "like-gzip": lambda _: b"\x1f\x8b\x08\x00",
    "like-an-archive": lambda random: random.choice((b"PK\x03\x04", b"BZh9", b"\x28\xb5\x2f\xfd", b"ustar\0")),
    "odd-json": lambda random: random.choice((b'{ "a" :1.0,"a": [ ] }\n\n', b'{"a":   1}', b"null", b'"\\u0041"')),
    "like-a-form": lambda _: b"--conformance\r\n\r\n\r\n--conformance--\r\n",
    "long-line": lambda random: random.choice(SIGNS).encode() * 9000,
}
"""The bytes that a file may have, by kind."""


def draw_text(kind: str, random: Random, most: int) -> str:
    """Return a text of a kind: one of its ways alone, or all of them in a row where there is room for that."""
    every = random.sample(TEXTS[kind], len(TEXTS[kind]))
    together = " ".join(every)
    return together if len(together) <= most and random.choice((True, False)) else every[0]


def make_text_of_several(name: str, random: Random, most: int) -> str:
    """Return a text between two blanks that has a way of each of several kinds in a row; short ones for little room."""
    kinds = SEVERAL[name]
    room, found = (most - 2) // len(kinds), list[str]()
    for kind in random.sample(kinds, len(kinds)):
        short = [each for each in TEXTS[kind] if len(each) <= room] or [min(TEXTS[kind], key=len)]
        found.append(random.choice(short))
    return f" {''.join(found)} "


def draw_text_about(size: int, random: Random, most: int) -> str:
    """Return a text of so many characters, one less or one more, that ends otherwise than it goes on."""
    length = min(random.choice((size - 1, size, size + 1)), most)
    return random.choice(SIGNS) * (length - 1) + "."


def draw_bytes_about(size: int, random: Random) -> bytes:
    """Return so many bytes, one less or one more, of which each few are others."""
    length = max(random.choice((size - 1, size, size + 1)), 0)
    return (CYCLE * (length // len(CYCLE) + 1))[:length]
