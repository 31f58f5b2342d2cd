"""The options of a command that judges what a seed draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any

import click

from benchmarks.shards.options import Command, Sharing, add_sharing_options

WORKERS = click.option(
    "--workers", type=click.IntRange(1), help="Runs side by side; as many as there are cores without it."
)


@dataclass(frozen=True, slots=True)
class DrawOptions:
    """The options of such a command."""

    ids: tuple[str, ...]
    seed: int
    count: int
    workers: int | None
    resume: bool
    listed: bool
    publish: bool
    sharing: Sharing


def add_drawing_options(what: str, plural: str, file: str) -> Callable[[Command], Command]:
    """Give a command the options, as the argument `options`; what: the word for what is judged; file: of figures."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_options(*args: Any, **given: Any) -> None:
            own = {each.name: given.pop(each.name) for each in fields(DrawOptions)}
            command(*args, options=DrawOptions(**own), **given)

        decorated = add_sharing_options("--judged")(with_options)
        for option in reversed(_list_options(what, plural, file)):
            decorated = option(decorated)
        return decorated

    return decorate


def _list_options(what: str, plural: str, file: str) -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option("--id", "ids", multiple=True, metavar="ID", help=f"Judge this {what} only."),
        click.option(
            "--seed",
            default=1,
            show_default=True,
            type=click.IntRange(0),
            help=f"Draws the {plural}, and the requests.",
        ),
        click.option("--count", default=200, show_default=True, type=click.IntRange(1), help="How many are drawn."),
        WORKERS,
        click.option("--resume", is_flag=True, help="Keep the verdicts of a run before, if no source has changed."),
        click.option("--list", "listed", is_flag=True, help="Say what would be judged, and judge nothing."),
        click.option("--publish", is_flag=True, help=f"Write docs/{file}, and the page made of it."),
    )
