"""Formats of texts as grammars: a text is drawn through a branch that is asked for, so that each branch is met."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from random import Random

_PART = re.compile(r"\{(\w+)\}")
DEEPEST = 8
"""The number of rules within rules below which the first branch that leads on is taken, which ends soonest."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the ways in which a rule of a grammar can go on."""

    rule: str
    name: str

    def __str__(self) -> str:
        return f"{self.rule}-{self.name}"


@dataclass(frozen=True, eq=False)
class Grammar:
    """The rules by which texts of a format are made; the first rule is that of a whole text."""

    format: str
    """The `format` of a schema, where JSON Schema has a name for it."""
    rules: Mapping[str, Mapping[str, str] | str]
    """The branches of each rule by name, texts in which {rule} stands for a text of another rule.

    A branch may also be letters, one of which is taken.

    The first branch of a rule ends soonest.
    """

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """Every branch of every rule that a whole text may lead to."""
        reached = self._reached[next(iter(self.rules))]
        branching = ((rule, each) for rule, each in self.rules.items() if rule in reached)
        return tuple(Branch(rule, name) for rule, each in branching if not isinstance(each, str) for name in each)

    def draw(self, random: Random, through: Branch | None = None) -> tuple[str, frozenset[Branch]]:
        """Return a text, through a branch that is asked for, and all branches that it goes through."""
        taken: set[Branch] = set()
        text = "".join(self._draw_text(next(iter(self.rules)), random, through, taken, 0))
        return text, frozenset(taken)

    def _draw_text(
        self, rule: str, random: Random, through: Branch | None, taken: set[Branch], depth: int
    ) -> Iterator[str]:
        """Yield the parts of a text of a rule; where a branch is asked for, the rule leads to that."""
        branches = self.rules[rule]
        if isinstance(branches, str):
            yield random.choice(branches)
            return
        here = through is not None and through.rule == rule
        names = [name for name in branches if through is None or here or self._leads(branches[name], through)]
        name = through.name if through is not None and here else names[0] if depth > DEEPEST else random.choice(names)
        taken.add(Branch(rule, name))
        parts = _split(branches[name])
        leading = [at for at in range(1, len(parts), 2) if through and through.rule in self._reached[parts[at]]]
        carrier = None if here or not leading else random.choice(leading)
        for at, part in enumerate(parts):
            if at % 2:
                yield from self._draw_text(part, random, through if at == carrier else None, taken, depth + 1)
            else:
                yield part

    def _leads(self, template: str, through: Branch) -> bool:
        return any(through.rule in self._reached[part] for part in _split(template)[1::2])

    @cached_property
    def _reached(self) -> Mapping[str, frozenset[str]]:
        """Return the rules that a text of a rule may have in it, itself among them, by rule."""
        found = {rule: frozenset({rule}) for rule in self.rules}
        for _ in self.rules:
            for rule, branches in self.rules.items():
                templates = () if isinstance(branches, str) else branches.values()
                parts = {part for template in templates for part in _split(template)[1::2]}
                found[rule] = found[rule].union(*(found[part] for part in parts))
        return found


@cache
def _split(template: str) -> tuple[str, ...]:
    """Return the texts of a template, and between them the rules that stand in it."""
    return tuple(_PART.split(template))


_SMALL, _CAPITALS, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_LETTERS: Mapping[str, Mapping[str, str] | str] = {
    "word": {"letters": "{small}{small}{small}", "digits": "{digit}{digit}", "both": "{small}{digit}{small}"},
    "small": _SMALL,
    "capital": _CAPITALS,
    "digit": _DIGITS,
}
_HOST: Mapping[str, Mapping[str, str] | str] = {
    "host": {"two-labels": "{label}.{top}", "more-labels": "{label}.{host}"},
    "label": {
        "word": "{word}",
        "one-letter": "{small}",
        "hyphen": "{word}-{word}",
        "two-hyphens": "xn--{word}",
        "capitals": "{capital}{word}",
    },
    "top": {"letters": "{small}{small}{small}", "example": "example"},
    **_LETTERS,
}

REFERENCE = Grammar(
    "",
    {
        "reference": {
            "no-host": "{path}{end}",
            "host": "{host}/{path}{end}",
            "port": "{host}:{port}/{path}{end}",
            "localhost": "localhost:{port}/{path}{end}",
        },
        "port": {"short": "{digit}", "usual": "5000", "highest": "65535"},
        "path": {"one": "{component}", "more": "{component}/{path}"},
        "component": {
            "word": "{word}",
            "dot": "{word}.{word}",
            "underscore": "{word}_{word}",
            "two-underscores": "{word}__{word}",
            "hyphen": "{word}-{word}",
            "hyphens": "{word}---{word}",
        },
        "end": {"none": "", "tag": ":{tag}", "digest": "@{digest}", "tag-digest": ":{tag}@{digest}"},
        "tag": {
            "version": "{digit}.{digit}.{digit}",
            "underscore-first": "_{word}",
            "capitals": "{capital}{word}",
            "signs": "{word}-{digit}.{word}_{word}",
        },
        "digest": {"usual": "sha256:{hexes}{hexes}", "parts": "sha512+b64u.x:{hexes}{hexes}{hexes}{hexes}"},
        "hexes": {"small": "{hex}" * 32, "capitals": "{capital_hex}" * 32},
        "hex": "0123456789abcdef",
        "capital_hex": "0123456789ABCDEF",
        **_HOST,
    },
)
"""A reference to an image, as the distribution specification of OCI and those who read it have it."""
HOSTNAME = Grammar("hostname", _HOST)
SLUG = Grammar(
    "",
    {
        "slug": {
            "one-letter": "{small}",
            "one-digit": "{digit}",
            "word": "{word}",
            "digits": "{digit}{digit}{digit}",
            "hyphen": "{word}-{slug}",
            "hyphens": "{word}--{slug}",
        },
        **_LETTERS,
    },
)
"""Small letters, digits and hyphens between."""
IDENTIFIER = Grammar(
    "",
    {
        "identifier": {
            "word": "{small}{word}",
            "capitals": "{capital}{capital}{capital}",
            "both-cases": "{capital}{small}{capital}",
            "underscore": "{capital}_{identifier}",
            "underscore-first": "_{identifier}",
            "hyphen": "{small}-{identifier}",
            "digit-last": "{capital}{digit}",
        },
        **_LETTERS,
    },
)
"""A name in letters of either case."""
VERSION = Grammar(
    "",
    {
        "version": {
            "plain": "{core}",
            "pre-release": "{core}-{parts}",
            "build": "{core}+{parts}",
            "both": "{core}-{parts}+{parts}",
        },
        "core": {"small": "{digit}.{digit}.{digit}", "zeros": "0.0.0", "large": "1{digit}.2{digit}{digit}.3{digit}"},
        "parts": {"one": "{part}", "more": "{part}.{parts}"},
        "part": {
            "letters": "{small}{small}",
            "number": "1{digit}",
            "zero": "0",
            "hyphen": "{capital}-{digit}",
            "capitals": "{capital}{small}{capital}",
        },
        **_LETTERS,
    },
)
"""A version as Semantic Versioning 2.0.0 has it."""
EMAIL = Grammar(
    "email",
    {
        "address": {"usual": "{local}@{host}"},
        "local": {
            "word": "{word}",
            "dot": "{word}.{word}",
            "plus": "{word}+{word}",
            "hyphen": "{word}-{word}",
            "underscore": "_{word}_",
            "apostrophe": "o'{word}",
            "capitals": "{capital}{word}",
            "signs": "{word}!#$%&*/=?^`{|}~",
        },
        **_HOST,
    },
)
URL = Grammar(
    "uri",
    {
        "url": {"plain": "{scheme}://{host}{where}", "port": "{scheme}://{host}:{port}{where}"},
        "scheme": {"https": "https", "http": "http"},
        "port": {"usual": "8443", "short": "80"},
        "where": {"nothing": "", "path": "/{word}", "query": "/{word}?{query}", "fragment": "/{word}#{word}"},
        "query": {"pair": "a={value}", "pairs": "a={value}&a={value}"},
        "value": {"word": "{word}", "escape": "%20%2F{word}", "plus": "{word}+{word}", "empty": ""},
        **_HOST,
    },
)
DATE = {"usual": "20{decade}{digit}-0{month}-1{digit}", "leap": "2028-02-29", "last": "2031-12-31"}
TIME = Grammar(
    "date-time",
    {
        "time": {"usual": "{date}T{clock}{zone}"},
        "date": DATE,
        "clock": {
            "seconds": "1{digit}:2{digit}:3{digit}",
            "midnight": "00:00:00",
            "fraction": "1{digit}:00:5{digit}.{digit}{digit}{digit}",
            "microseconds": "1{digit}:00:00.{digit}{digit}{digit}{digit}{digit}{digit}",
        },
        "zone": {"utc": "Z", "ahead": "+05:30", "behind": "-08:00"},
        "decade": "234",
        "month": "123456789",
        **_LETTERS,
    },
)
DAY = Grammar("date", {"date": DATE, "decade": "234", "month": "123456789", **_LETTERS})
UUID = Grammar(
    "uuid",
    {
        "uuid": {
            "random": "{hexes}-{four}-4{three}-a{three}-{hexes}{four}",
            "nothing": "0" * 8 + "-0000" * 3 + "-" + "0" * 12,
        },
        "hexes": {"small": "{hex}" * 8},
        "four": {"small": "{hex}" * 4},
        "three": {"small": "{hex}" * 3},
        "hex": "0123456789abcdef",
    },
)
FILE_NAME = Grammar(
    "",
    {
        "name": {
            "ending": "{word}.txt",
            "no-ending": "{word}",
            "endings": "{word}.tar.gz",
            "blanks": "{word} {word}.txt",
            "hyphen": "{word}-{word}_{word}.md",
            "dots": "{word}..{word}",
            "capitals": "{capital}{word}.TXT",
            "blank-last": "{word}.txt ",
            "dot-last": "{word}.",
        },
        **_LETTERS,
    },
)
"""The name of a file that every system takes."""
PATH = Grammar(
    "",
    {
        "path": {"one": "{segment}", "folder": "{segment}/{path}"},
        "segment": {
            "plain": "{word}.txt",
            "no-ending": "{word}",
            "endings": "{word}.tar.gz",
            "blanks": "{word} {word}",
            "blanks-at-the-ends": " {word} ",
            "plus": "{word}+{word}&{word}=1",
            "percent": "{digit}00%25",
            "looks-encoded": "%2e%2E{word}",
            "question": "{word}?#{word}",
            "signs": "{word};,:@!$()[]'~",
            "quotes": '"{word}"\'',
            "backslash": "{word}\\{word}",
            "hidden": ".{word}",
            "dots": "{word}..{word}",
            "dot-last": "{word}.",
            "capitals": "{capital}{word}.TXT",
            "composed": "{word}\u00e4\u00e9",
            "decomposed": "{word}a\u0308e\u0301",
            "wide": "\u65e5\u672c \U0001f4e6{word}",
            "joined": "\U0001f469\u200d\U0001f4bb{word}",
            "right-to-left": "\u05d0\u05d1\u200f{word}",
            "long": "{word}" + "n" * 200,
        },
        **_LETTERS,
    },
)
"""The path of a file below a folder."""

NO_INTEGER = Grammar(
    "",
    {
        "no-integer": {
            "word": "{small}{small}{small}",
            "sign-after": "{digit}-",
            "sign-between": "{digit}-{digit}",
            "signs": "--{digit}",
            "both-signs": "+-{digit}",
            "sign-alone": "-",
            "hexadecimal": "0x{digit}{digit}",
            "letter-after": "{digit}f",
            "fraction": "{digit}.5",
            "comma": "{digit},{digit}",
            "blank-between": "{digit} {digit}",
            "superscript": "{superscript}",
            "infinite": "Infinity",
        },
        "superscript": "\u00b2\u00b3\u2075\u2460",
        **_LETTERS,
    },
)
"""Texts that no reader takes for an integer, though some have digits alone by the letter of Unicode."""
ODD_INTEGER = Grammar(
    "",
    {
        "odd-integer": {
            "nothing": "",
            "plus": "+{digit}",
            "zeros": "00{digit}",
            "blank-before": " {digit}",
            "blank-after": "{digit} ",
            "line-after": "{digit}\n",
            "point": "{digit}.0",
            "exponent": "1e{digit}",
            "underscore": "1_{digit}",
            "other-script": "{eastern}{eastern}",
            "wide": "{wide}{wide}",
            "beyond-64-bits": "9223372036854775808",
            "long": "9" * 400,
        },
        "eastern": "\u0661\u0662\u0663\u0967\u0968\u0969",
        "wide": "\uff11\uff12\uff13",
        **_LETTERS,
    },
)
"""Texts that some readers take for an integer, and others refuse."""

GRAMMARS = (REFERENCE, SLUG, IDENTIFIER, HOSTNAME, EMAIL, VERSION, FILE_NAME, URL, TIME, DAY, UUID)
"""The grammars that tell the format of a field, those first of which others are a part."""
