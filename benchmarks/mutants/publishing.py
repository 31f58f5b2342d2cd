"""The entry of a run's findings among the published figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from benchmarks.mutants import page, results
from benchmarks.mutants.catalogue import Planted
from benchmarks.mutants.power import Kill
from benchmarks.mutants.run import Asked, Found


def publish(every: Sequence[Planted], asked: Asked, found: Found, docs: Path) -> None:
    """Write the figures and their page; those of some defects beside those of the others."""
    if asked.narrowed:
        before = results.read(docs / results.NAME)
        page.publish(replace(before, narrowed=before.narrowed.with_kills(found.kills)), docs)
    elif asked.quick:
        page.publish(replace(results.read(docs / results.NAME), quick=_publish_quick(every, asked, found)), docs)
    elif len(found.kills) < len(every):
        page.publish(_publish_beside(every, found.kills, results.read(docs / results.NAME)), docs)
    else:
        page.publish(_publish_whole(asked, found, docs / results.NAME), docs)


def _publish_whole(asked: Asked, found: Found, path: Path) -> results.Results:
    """Return the figures of a run over the whole catalogue.

    Those of the first run, and of other tools, stay as they were.
    """
    before = results.read(path) if path.exists() else None
    return results.Results(
        seed=asked.seed,
        kills=found.kills,
        seconds=round(found.seconds, 1),
        clean=found.false_alarms,
        seeds=asked.clean_seeds,
        first=before.first if before else [kill.planted.id for kill in found.kills if not kill.rules],
        others=before.others if before else {},
        run_seconds=before.run_seconds if before else {},
        narrowed=before.narrowed if before else results.Narrowed(),
        quick=before.quick if before else None,
    )


def _publish_quick(every: Sequence[Planted], asked: Asked, found: Found) -> results.QuickRun:
    """Return the figures of a quick run over the whole catalogue; ClickException for one over a part of it."""
    if len(found.kills) < len(every):
        raise click.ClickException("--publish: of quick runs only one over the whole catalogue is published")
    return results.QuickRun(
        seed=asked.seed,
        judged=len(found.kills),
        unnamed=tuple(sorted(kill.planted.id for kill in found.kills if kill.rules and not kill.is_named)),
        missed=tuple(sorted(kill.planted.id for kill in found.kills if not kill.rules)),
    )


def _publish_beside(every: Sequence[Planted], kills: Sequence[Kill], before: results.Results) -> results.Results:
    """Return the figures with these in the place of what the last run over the whole catalogue found.

    ClickException where there would be none of a defect.
    """
    by_defect = {kill.planted: kill for kill in (*before.kills, *kills)}
    if unknown := [it.id for it in every if it not in by_defect]:
        raise click.ClickException(f"--publish: the figures lack {', '.join(unknown)} too, which --new judges")
    later = (*before.later, *(kill.planted.id for kill in kills))
    found = tuple(by_defect[it] for it in every)
    return replace(before, kills=found, later=tuple(it.id for it in every if it.id in later))
