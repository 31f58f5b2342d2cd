"""The process that judges what the proxy tells, prints what was found, and writes reports."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import click

from conformance.errors import OURS, SuiteError
from conformance.results.plain_text import escape_lines
from conformance.results.report.json_ import render
from conformance.results.verdict import Run
from conformance.traffic.proxy.judging.link import answer, read_messages
from conformance.traffic.proxy.judging.live import LiveJudge
from conformance.traffic.proxy.passing.control import InterimReport
from conformance.traffic.proxy.passing.passed import BegunRequest, PassedExchange, ReportRequest

LATER = 5
"""The niceness that judging gets more than passing: what passes has the first turn on a busy machine."""


@dataclass(frozen=True, slots=True)
class JudgingProcess:
    """The process that judges, and what becomes of it."""

    judge: LiveJudge
    run: Callable[[LiveJudge], Run]
    """The function that gives all that was found so far."""
    write: Callable[[Run], None]
    """The function that writes its reports."""
    show: Callable[[Run], int]
    """The function that prints it and gives the exit code."""


def start(judging: JudgingProcess) -> socket.socket:
    """Start a process that judges; the link to it. It ends once the link is closed, or it was told to."""
    ours, theirs = socket.socketpair()
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_judge, args=(judging, ours, theirs), name="judging")
    process.start()
    theirs.close()
    return ours


def _judge(judging: JudgingProcess, other: socket.socket, link: socket.socket) -> None:
    """Judge until no more is told. Ctrl-C is for the proxy, which says then that it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    other.close()
    os.nice(LATER)
    try:
        _take(judging, link)
    except Exception:  # noqa: BLE001  # whatever it is, it is of the suite; requests still pass
        click.echo(escape_lines(f"evershell-conformance: an error of the suite\n{traceback.format_exc()}"), err=True)
        sys.exit(OURS)


def _take(judging: JudgingProcess, link: socket.socket) -> None:
    judge = judging.judge
    for message in read_messages(link):
        if isinstance(message, BegunRequest):
            judge.begin(message)
        elif isinstance(message, PassedExchange):
            judge.end(message)
        elif isinstance(message, ReportRequest):
            judge.settle()
            run = judging.run(judge)
            code = _write_reports(judging, run) if message.ending else run.exit_code
            answer(link, InterimReport(code, render(run).encode()))
            if message.ending:
                judging.show(run)  # last, since whoever asks may not read what is printed before it is answered
                return
        else:
            judge.note_unreadable()


def _write_reports(judging: JudgingProcess, run: Run) -> int:
    """Write the reports; the exit code, of an error too."""
    try:
        judging.write(run)
    except SuiteError as error:
        click.echo(escape_lines(f"evershell-conformance: {error}"), err=True)
        return error.exit_code
    return run.exit_code
