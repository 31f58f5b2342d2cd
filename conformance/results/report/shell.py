"""The parts that the scripts of all findings share."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from conformance.http.exchange import Exchange
from conformance.results.finding import Finding
from conformance.results.plain_text import plain_line

LONGEST_LINE = 116
LONGEST_WORDS = 2000  # the longest text of what was expected and got

_FUNCTIONS = r"""
CURL=curl
send() { # run this command; the status
  "$@" --silent --show-error --globoff --path-as-is --max-time 60 --header 'Expect:' \
    --write-out '%{http_code}' || printf ' failed'
}
ask() { # send a request and show its answer
  : >"$FOLDER/answer"
  STATUS=$(send "$@" --include --output "$FOLDER/answer")
  case $STATUS in *failed) STATUS=000 ;; esac
  cat "$FOLDER/answer"
  echo
}
content() { tr -d '\r' <"$FOLDER/answer" | sed '1,/^$/d'; }
value() { # of this key in the answer: the first, the second, ...
  content | tr '\n' ' ' | grep -o "\"$1\" *: *\"[^\"]*\"" | sed -n "$2p" | cut -d '"' -f 4
}
made() { # the id of what was made; only where the answer has this text, so that nothing else is removed
  if [ "$STATUS" = 201 ] && grep -q -e "$1" "$FOLDER/answer"; then value id 1; fi
}
gone() { # whether what was made is taken back; its address, then the status
  case $2 in 2??|404) ;; *) echo "left behind: $1 answered $2" >&2 ;; esac
}
remove() { gone "$2" "$(send "$CURL" --output "$FOLDER/gone" --request DELETE "$@")"; }
undo() {
  gone "$1" "$(send "$CURL" --output "$FOLDER/gone" --url "$1" --header 'Content-Type: application/json' \
    --data-raw "$2")"
}
"""


def head(about: Iterable[str]) -> Iterator[str]:
    """Yield the head of the script; the rest is a subshell, so that it can be pasted into a shell."""
    yield "#!/bin/sh"
    for line in about:
        yield from textwrap.wrap(plain_line(line), LONGEST_LINE, initial_indent="# ", subsequent_indent="#   ")
    yield "# Exit code: 0 the last answer is that of the report, 1 it is another one, 2 it could not be asked for."
    yield "("


def required(meanings: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines that end the script with 2 where a variable is not set."""
    if not meanings:
        return
    yield "("
    for variable, meaning in meanings.items():
        escaped = "".join(f"\\{char}" if char in '\\$"`}' else char for char in plain_line(meaning))
        yield f'  : "${{{variable}:?{escaped}}}"'
    yield ") || exit 2"


def opening(mark: str, *, world: bool) -> Iterator[str]:
    """Yield the lines that make a folder for bodies and answers, a new mark and a new world.

    The new mark has the length of the old one, so that lengths of names and archives stay the same.
    """
    yield "FOLDER=$(mktemp -d) || exit 2"
    if mark:
        fixed, _, run_id = mark.rpartition("-")
        number = "$(date +%s) * 100000 + $$ % 100000"
        if len(run_id) < len("ffffffffffff"):
            number = f"({number}) % {16 ** len(run_id)}"
        yield f'MARK="{fixed}-$(printf \'%0{len(run_id)}x\' "$(({number}))")"'
    if world:
        yield 'WORLD="again-$(date +%s)-$$"'
    yield _FUNCTIONS.rstrip("\n")


def cleaning(commands: Iterable[str]) -> Iterator[str]:
    """Yield the lines that clean up at the end of the script."""
    yield "clean_up() {"
    yield from (f"  {command}" for command in commands)
    yield '  rm -rf "$FOLDER"'
    yield "}"
    yield "trap clean_up EXIT"
    yield "trap 'exit 130' HUP INT TERM"


def compared(number: int, status: int) -> str:
    """Return the line that reports a step with another status than in the report."""
    return f'[ "$STATUS" = {status:03} ] || echo "step {number} answered $STATUS, in the report {status:03}" >&2'


def kept(variable: str, key: str, place: int, number: int, *, needed: bool) -> str:
    """Return the lines that keep a value of the answer, and end the script where a needed one is missing."""
    line = f"{variable}=$(value {key} {place})"
    if needed:
        line += (
            f'\n[ "${variable}" ] || {{ echo "step {number} gave no {key}, which what follows takes" >&2; exit 2; }}'
        )
    return line


def verdict(finding: Finding, last: Exchange) -> str:
    """Return the lines that print what was expected and got, and compare it with the report."""
    by_status = finding.got == str(last)
    reported = f"{last.status:03} {last.code or ''}".rstrip()
    lines = [
        "CODE=",
        "case $STATUS in [45]??) CODE=$(value code 1) ;; esac",
        'GOT="$STATUS${CODE:+ $CODE}"',
        f"printf '\\nexpected: %s\\n' {_word(finding.expected)}",
        'printf "got: %s\\n" "$GOT"',
        f"printf 'got in the report: %s\\n' {_word(finding.got if by_status else f'{reported}, {finding.got}')}",
        f'if [ "$GOT" != {shlex.quote(reported)} ]; then',
        "  echo 'another answer than in the report'",
        "  exit 1",
        "fi",
    ]
    same = "the same answer as in the report" if by_status else "the same status as in the report; the rest shows above"
    return "\n".join(("", *lines, f"echo '{same}'"))


def _word(text: str) -> str:
    return shlex.quote(plain_line(text)[:LONGEST_WORDS])
