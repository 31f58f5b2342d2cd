"""The command `compare`: print what became of the findings from one report to another."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.errors import CONFORMS, VIOLATED
from conformance.results.comparison import compare
from conformance.results.plain_text import plain_line
from conformance.results.reading import read_results


def print_comparison(before: Path, after: Path, *, strict: bool) -> int:
    """Print what became of the findings from one report to another; the exit code."""
    comparison = compare(read_results(before), read_results(after))
    for line in comparison.lines():
        click.echo(plain_line(line))
    return VIOLATED if comparison.worse(strict=strict) else CONFORMS
