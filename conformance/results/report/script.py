"""A finding as a shell script that repeats it, as often as it is run.

It names the credentials that it needs, makes objects under new names, prints what was expected and got, and removes
what it made.
"""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from conformance.contract.contract import Contract
from conformance.contract.routing import route
from conformance.http.event_stream import MEDIA_TYPE
from conformance.http.exchange import Exchange
from conformance.http.variables import WORLD, token_variable
from conformance.results.finding import Finding
from conformance.results.plain_text import plain_line
from conformance.results.relevant import LEAST, is_id, readable
from conformance.results.report.curl import Variables, removal_words, request_words, secrets_of, word, wrapped
from conformance.results.report.script_body import script_body

SETUP = "setup"
LONGEST_LINE = 116
LONGEST_WORDS = 2000  # the longest text of what was expected and got
_MARKED = re.compile(r"conformance-[0-9a-z]{1,16}(?=-[0-9a-z])")
"""The mark of a run, with which the names of all that it makes begin."""


def script_of(finding: Finding, contract: Contract, variables: Variables) -> str:
    """Return the script for a POSIX shell with curl; empty where the finding has no exchange.

    `variables`: the profile's own, by what stands for each credential in the finding.
    """
    last = finding.exchange
    if last is None:
        return ""
    exchanges = (*finding.steps, last)
    worlds = {found[0] for exchange in exchanges if (found := WORLD.search(exchange.url))}
    commands = _ScriptCommands(contract, last, mark := _mark_of(exchanges), variables)
    commands.names |= {mark: "MARK"} if mark else {}
    commands.names |= dict.fromkeys(worlds, "WORLD")
    steps = [commands.step(number, each, exchanges[number:]) for number, each in enumerate(exchanges, 1)]
    return _template().render(
        about=[each for line in _about(finding, last, contract) for each in _comment(line)],
        answer=f"{last.status:03} {last.code or ''}".rstrip(),
        by_status=finding.got == str(last),
        commands=commands,
        finding=finding,
        steps=steps,
        streams=any("follow curl" in step["request"] for step in steps),
        worlds=worlds,
    )


@cache
def _template() -> Template:
    environment = Environment(  # noqa: S701  # a script, whose values are quoted for the shell
        loader=PackageLoader("conformance.results.report", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        variable_start_string="[[",  # the braces are the shell's
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
    )
    environment.filters["in_quotes"] = lambda text: re.sub(r'([\\$"`}])', r"\\\1", plain_line(text))
    environment.filters["shown"] = lambda text: shlex.quote(plain_line(text)[:LONGEST_WORDS])
    environment.filters["word"] = shlex.quote
    return environment.get_template("script.sh.j2")


def _about(finding: Finding, last: Exchange, contract: Contract) -> Iterator[str]:
    rule = contract.rules.get(finding.rule)
    yield f"{finding.rule}: {rule.text}" if rule else finding.rule
    yield f"Finding {finding.fingerprint}: {finding.operation_id or last.method} as {finding.caller}."
    if rule and rule.clause == "parallel":
        yield "The run sent the last requests at the same time. Here they follow each other, which may not show it."


def _comment(line: str) -> list[str]:
    return textwrap.wrap(plain_line(line), LONGEST_LINE, initial_indent="# ", subsequent_indent="#   ")


_VARIABLE = re.compile(r"\$[A-Z][A-Z0-9_]*")


@dataclass(slots=True)
class _ScriptCommands:
    """Makes the commands in order, and collects what stands before and after them."""

    contract: Contract
    last: Exchange
    mark: str
    variables: Variables
    names: dict[str, str] = field(default_factory=dict)
    """Values of the report, and the shell variable that replaces each."""
    issued: set[str] = field(default_factory=set)  # variables of credentials that states give
    needed: dict[str, str] = field(default_factory=dict)  # variables that have to be set, and what to
    refused: dict[str, None] = field(default_factory=dict)  # variables of refused credentials, in their order
    undone: list[str] = field(default_factory=list)
    """Commands that remove what was made, in the order in which it was made."""

    def step(self, number: int, exchange: Exchange, later: Sequence[Exchange]) -> dict[str, Any]:
        """What the template takes of an exchange: send it, compare its status, keep values for later ones."""
        body = script_body(exchange.request.content, self.names, self.mark, number)
        self._need(exchange)
        if body.needs:
            self.needed[body.needs[0]] = body.needs[1]
        what = exchange.operation_id or f"{exchange.method} {exchange.path}"
        ask = "follow" if exchange.succeeded and exchange.media_type == MEDIA_TYPE else "ask"
        words = wrapped([*request_words(exchange, self.names, self.variables), *body.words])
        request = f"{body.before}{ask} curl {words}"
        return {
            "number": number,
            "title": plain_line(f"{number}: {what} as {exchange.caller}, in the report {exchange}"),
            "request": request,
            "status": f"{exchange.status:03}",
            "kept": list(self._kept(number, exchange, later)),
            "removal": self._removal(number, exchange),
        }

    def _need(self, exchange: Exchange) -> None:
        for stands in secrets_of(exchange):
            if stands in self.issued:
                continue
            variable = self.variables.get(stands, stands)
            is_caller = stands == token_variable(exchange.caller)
            meaning = f"set it to a token of {exchange.caller}" if is_caller else "set it to what the run sent here"
            if exchange.status == 401 and exchange is not self.last:
                self.refused[variable] = None
            else:
                self.needed.setdefault(variable, meaning)

    def _kept(self, number: int, exchange: Exchange, later: Sequence[Exchange]) -> Iterator[dict[str, Any]]:
        """Yield the variables that keep ids and tokens of the answer for later requests."""
        shown = exchange.json
        if not exchange.succeeded or exchange.method != "POST" or not isinstance(shown, dict):
            return
        for key, value in shown.items():
            if not isinstance(value, str):
                continue
            if _VARIABLE.fullmatch(value):  # a credential, which the report has under this name
                self.issued.add(value[1:])
                variable, place = value[1:], 1
            elif is_id(key) and len(value) >= LEAST and value not in self.names:
                self.names[value] = f"ID_{number}"
                variable, place = f"ID_{number}", _place(exchange, key, value)
            else:
                continue
            yield {"variable": variable, "key": key, "place": place, "needed": _is_used(value, later)}

    def _removal(self, number: int, exchange: Exchange) -> str:
        if (message := _setup(exchange)) is not None:
            again = json.dumps({"action": "teardown", **message, "values": 0})
            data = word(again[: -len("0}")], self.names) + f'"$VALUES_{number}"}}'
            self.undone.append(f'[ -z "${{VALUES_{number}-}}" ] || undo {word(exchange.url, self.names)} {data}')
            return f"VALUES_{number}=$(content)"
        made = _deletion_path(self.contract, exchange, marker := f"MADE_{number}")
        if made is None:
            return ""
        names = {**self.names, marker: marker}
        words = " ".join(removal_words(exchange, exchange.base_url + made, names, self.variables))
        self.undone.append(f'[ -z "${{{marker}-}}" ] || remove {words}')
        marked = self.mark in readable(exchange.request.content) if self.mark else False
        text = '"$MARK"' if marked else "''"
        return f"{marker}=$(made {text})"


def _mark_of(exchanges: Sequence[Exchange]) -> str:
    """The mark of the run, from the first request that carries it."""
    texts = (text for exchange in exchanges for text in (exchange.url, readable(exchange.request.content)))
    return next((found[0] for text in texts if (found := _MARKED.search(text))), "")


def _setup(exchange: Exchange) -> dict[str, object] | None:
    """The provider state that an exchange set up; None for another exchange."""
    if exchange.operation_id is not None or exchange.method != "POST" or exchange.caller != "anonymous":
        return None
    try:
        message = json.loads(exchange.request.content or b"")
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("action") != SETUP:
        return None
    return {"state": message.get("state"), "params": message.get("params")}


def _deletion_path(contract: Contract, exchange: Exchange, value: str) -> str | None:
    """The path that deletes what a creation made; None where there is none."""
    if exchange.method != "POST":
        return None
    path = re.sub("/+", "/", exchange.path).rstrip("/")
    where = route(contract, "POST", path)
    creation = where.operation
    if creation is None or creation.resources:
        return None
    for operation in contract.operations.values():
        named = [parameter.name for parameter in operation.path_parameters if parameter.resource]
        deletes = operation.method == "DELETE" and len(named) == 1
        if deletes and operation.path.rpartition("/")[0] in (creation.path, creation.path.rpartition("/")[0]):
            return operation.at({**where.values, named[0]: value})
    return None


def _place(exchange: Exchange, key: str, value: str) -> int:
    """The number, from 1, of the key of this name that has the value in the body."""
    text = exchange.body.decode("utf-8", "replace")
    found = re.findall(rf'"{re.escape(key)}"\s*:\s*"([^"]*)"', text)
    return found.index(value) + 1 if value in found else 1


def _is_used(value: str, later: Sequence[Exchange]) -> bool:
    return any(
        value in exchange.url
        or value in (exchange.authorization or "")
        or value.encode() in (exchange.request.content or b"")
        for exchange in later
    )
