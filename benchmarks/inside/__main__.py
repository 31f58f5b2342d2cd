"""`python -m benchmarks.inside`: the mock beside raw Starlette in one process, and where the mock's time goes."""

import asyncio
import gc
import importlib
import json
import os
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import click

from benchmarks.inside.asking import Application, Question, answer_nothing, ask, measure_microseconds
from benchmarks.inside.stages import sample
from benchmarks.peers.data import ENVIRONMENT, Data
from mock_server.app import create_app
from mock_server.settings import Settings

CALLER = "globex-owner"
_BODIES = tuple(json.dumps({"visibility": visibility}).encode() for visibility in ("community", "org"))
_PROFILED = 10  # times as many requests, so that there are samples enough

MOCK, SILENT, STARLETTE = "mock", "without journal", "raw Starlette"


async def _build_questions(mock: Application) -> tuple[Data, dict[str, Question]]:
    """Return what is asked, and what the peer must hold for it: seven packs, one of which can be moved to and fro."""
    _, answer = await ask(mock, Question("GET", "/_mock/personas"))
    token = next(each["token"] for each in answer["personas"] if each["name"] == CALLER)
    packs = Question("GET", "/v1/packs", token)
    _, listed = await ask(mock, packs)
    served = {pack["id"]: pack for pack in listed["packs"]}
    for pack in served.values():
        path = f"/v1/packs/{pack['id']}"
        moves = [await ask(mock, Question("PATCH", path, token, [body])) for body in _BODIES if pack["owned"]]
        if moves and all(status == 200 for status, _ in moves):
            one = Question("GET", path, token)
            return Data(token, served), {"GET": one, "list": packs, "PATCH": Question("PATCH", path, token, _BODIES)}
    raise click.ClickException(f"{CALLER} has no pack whose visibility can be changed back and forth")


def _build_starlette(served: Data) -> Application:
    with TemporaryDirectory() as folder:
        served.write(Path(folder, "data.json"))
        os.environ[ENVIRONMENT] = str(Path(folder, "data.json"))
        app: Any = importlib.import_module("benchmarks.peers.raw_starlette").app
    return app  # type: ignore[no-any-return]


def _compare(apps: dict[str, Application], questions: dict[str, Question], rounds: int, times: int) -> None:
    """Print the CPU time of each call on each application, less what asking costs; all take turns."""
    asking = [asyncio.run(measure_microseconds(answer_nothing, questions["GET"], times)) for _ in range(rounds)]
    click.echo(f"{'µs of CPU a request':<22}" + "".join(f"{name:>22}" for name in apps) + f"{'mock / Starlette':>20}")
    for call, question in questions.items():
        taken: dict[str, list[float]] = {name: [] for name in apps}
        for app in apps.values():
            asyncio.run(measure_microseconds(app, question, times // 4))  # warm up
        for _ in range(rounds):
            for name, app in apps.items():
                taken[name].append(asyncio.run(measure_microseconds(app, question, times)) - median(asking))
        cells = "".join(f"{_format_spread(taken[name]):>22}" for name in apps)
        click.echo(f"{call:<22}{cells}{median(taken[MOCK]) / median(taken[STARLETTE]):>20.2f}")


def _format_spread(values: list[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def _profile(mock: Application, question: Question, times: int) -> dict[str, float]:
    """Return the µs of each stage of a call."""
    with sample() as samples:
        taken = asyncio.run(measure_microseconds(mock, question, times))
    return {stage: share * taken for stage, share in samples.compute_shares().items()}


def _print_profiles(mock: Application, questions: dict[str, Question], times: int) -> None:
    found = {call: _profile(mock, question, times * _PROFILED) for call, question in questions.items()}
    click.echo(f"\n{'where it goes, µs':<32}" + "".join(f"{call:>10}" for call in found))
    for stage in dict.fromkeys(stage for shares in found.values() for stage in shares):
        click.echo(f"{stage:<32}" + "".join(f"{shares.get(stage, 0):>10.2f}" for shares in found.values()))


@click.command()
@click.option(
    "--rounds", default=5, show_default=True, type=click.IntRange(1), help="Rounds; each application in each."
)
@click.option("--times", default=10_000, show_default=True, type=click.IntRange(100), help="Requests of a round.")
@click.option("--profile/--no-profile", default=True, show_default=True, help="Say where the time goes, too.")
def main(rounds: int, times: int, *, profile: bool) -> None:
    """Measure the CPU time of a request inside the process."""
    mock = create_app(Settings())
    served, questions = asyncio.run(_build_questions(mock))
    apps: dict[str, Any] = {MOCK: mock, SILENT: create_app(Settings(journal=0)), STARLETTE: _build_starlette(served)}
    gc.collect()
    gc.freeze()
    _compare(apps, questions, rounds, times)
    if profile:
        _print_profiles(mock, questions, times)


if __name__ == "__main__":
    main()
