"""The Arazzo report: each finding as a workflow, for any tool that plays such documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from conformance.contract.contract import Contract, Operation
from conformance.http.exchange import IN_QUERY, Exchange, TruncatedBody
from conformance.http.variables import SECRET
from conformance.results.plain_text import as_json, count_noun, escape_line
from conformance.results.report.view import Defect, format_headline, list_defects
from conformance.results.verdict import Run

ARAZZO = "1.0.1"
SOURCE = "contract"
"""The name of the contract in a workflow."""
_STATUS = re.compile(r"(?:a )?(\d{3})(?: ([a-z_]+))?(?:, for .*)?")
"""The pattern of an expectation that is one status, with its code or without."""
_KEY = re.compile(r"[A-Za-z0-9_]+")
_JSON = re.compile(r"application/(?:[a-z0-9.-]+\+)?json")

Json = dict[str, Any]


class InexpressibleError(ValueError):
    """A request that Arazzo cannot say, or that tools which play it would send otherwise."""


def render(run: Run) -> str:
    """Return the document in ASCII, as JSON, which is YAML too."""
    return as_json(build_document(run))


def build_document(run: Run) -> Json:
    """Return the document as plain values: a workflow for each distinct finding that can be said as one."""
    workflows, left_out = [], []
    for defect in list_defects(run):
        try:
            workflows.append(_Workflow(run.contract, defect).to_document())
        except InexpressibleError as error:
            left_out.append(f"{defect.fingerprint}: {error}")
    notes = (
        format_headline(run),
        (
            f"{count_noun(len(workflows), 'finding')} of a run with seed {run.seed}. "
            "The contract has to lie beside this file."
        ),
        *(f"Left out is {line}." for line in left_out),
    )
    return {
        "arazzo": ARAZZO,
        "info": {
            "title": escape_line(f"What was found on {run.target}"),
            "version": run.contract_version,
            "description": "\n".join(map(escape_line, notes)),
        },
        "sourceDescriptions": [{"name": SOURCE, "url": run.contract.path.name, "type": "openapi"}],
        "workflows": workflows,
    }


class _Workflow:
    """The requests of one finding as steps; what the answer to one made stands by name in those after it."""

    def __init__(self, contract: Contract, defect: Defect) -> None:
        self._contract = contract
        self._defect = defect
        self._variables = defect.variables
        self._inputs: dict[str, Json] = {}
        self._made: dict[str, tuple[Json, str, str]] = {}
        """The step whose answer made a value, the name of the output, and what reads it there, by value."""

    def to_document(self) -> Json:
        """Return the workflow; raises InexpressibleError."""
        finding = self._defect.finding
        if finding.exchange is None:
            raise InexpressibleError("it is about no request")
        steps = [self._make_step(number, it) for number, it in enumerate(finding.steps, 1)]
        last = self._make_step(len(steps) + 1, finding.exchange)
        last["description"] += f": expected {escape_line(finding.expected)}; got {escape_line(finding.got)}"
        del last["successCriteria"]
        if expected := _STATUS.fullmatch(finding.expected):
            status, code = expected.groups()
            codes = [f"$response.body#/error/code == '{code}'"] if code else []
            last["successCriteria"] = [{"condition": each} for each in (f"$statusCode == {status}", *codes)]
        return {
            "workflowId": f"finding_{self._defect.fingerprint}",
            "summary": escape_line(str(finding)),
            "inputs": {"type": "object", "required": [*self._inputs], "properties": self._inputs},
            "steps": [*steps, last],
        }

    def _make_step(self, number: int, exchange: Exchange) -> Json:
        operation = self._contract.operations.get(exchange.operation_id or "")
        if operation is None or operation.method != exchange.method:
            raise InexpressibleError(f"{exchange.asked} is no operation of the contract")
        if exchange.failure:
            raise InexpressibleError(f"{exchange.asked} got no answer")
        path = re.sub("[~/]", lambda match: {"~": "~0", "/": "~1"}[match[0]], operation.path)
        parameters = [
            {"in": place, "name": name, "value": value}
            for place, name, value in self._list_parameters(operation, exchange)
        ]
        step: Json = {
            "stepId": f"step_{number}",
            "description": f"{operation.operation_id} as {exchange.caller}",
            "operationPath": f"{{$sourceDescriptions.{SOURCE}.url}}#/paths/{path}/{operation.method.lower()}",
            **({"parameters": parameters} if parameters else {}),
            **self._make_body(exchange),
            "successCriteria": [{"condition": f"$statusCode == {exchange.status}"}],
        }
        for pointer, value in _find_made(exchange.json, exchange.request.path_values.values()):
            self._made.setdefault(value, (step, pointer.strip("/").replace("/", "_"), f"$response.body#{pointer}"))
        return step

    def _list_parameters(self, operation: Operation, exchange: Exchange) -> Iterator[tuple[str, str, str]]:
        """Yield place, name and value of each parameter that was sent; each name comes once in a place."""
        values = exchange.request.path_values
        if set(values) != {it.name for it in operation.path_parameters} or operation.fill_path(values) != exchange.path:
            raise InexpressibleError(f"the path of {exchange.asked} is spelled in another way than the contract has it")
        if any(quote(value, safe="/") != value for value in values.values()):
            raise InexpressibleError(f"the path of {exchange.asked} has letters that are escaped")
        headers = [pair for pair in exchange.request.headers if pair[0].lower() != "content-type"]
        if exchange.authorization is not None and exchange.authorized_by != IN_QUERY:
            headers.insert(0, (exchange.authorized_by, exchange.authorization))
        sent = [
            *(("header", name, value) for name, value in headers),
            *(("path", name, value) for name, value in values.items()),
            *(("query", *pair) for pair in parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)),
        ]
        if len({(place, name) for place, name, _ in sent}) < len(sent):
            raise InexpressibleError(f"{exchange.asked} has a header or parameter twice")
        for place, name, value in sent:
            yield place, name, self._fill_text(value)

    def _make_body(self, exchange: Exchange) -> Json:
        content = exchange.request.content
        if content is None:
            return {}
        media_type = exchange.request.find_header("content-type")
        if isinstance(content, TruncatedBody) or media_type is None or not _JSON.fullmatch(media_type.lower()):
            raise InexpressibleError(f"the body of {exchange.asked} is no JSON, or is long")
        try:
            payload = json.loads(content, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeats)
        except (ValueError, RecursionError):
            raise InexpressibleError(f"the body of {exchange.asked} is no JSON, or has a key twice") from None
        if not isinstance(payload, dict | list):
            raise InexpressibleError(f"the body of {exchange.asked} is neither an object nor an array")
        return {"requestBody": {"contentType": media_type, "payload": self._fill(payload)}}

    def _fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._fill(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._fill(each) for each in value]
        return self._fill_text(value) if isinstance(value, str) else value

    def _fill_text(self, text: str) -> str:
        """Return a text with expressions in place of what an answer made, and of credentials."""
        if text in self._made:
            return self._name_output(text)
        if "$" in SECRET.sub("", text):
            raise InexpressibleError("it sends a dollar sign, which would be read as an expression")
        if SECRET.fullmatch(text):
            return self._name_secret(text)
        return SECRET.sub(lambda match: f"{{{self._name_secret(match[0])}}}", text)

    def _name_secret(self, placeholder: str) -> str:
        if placeholder in self._made:
            return self._name_output(placeholder)
        name = placeholder.strip("${}")
        name = self._variables.get(name, name)
        self._inputs[name] = {"type": "string", "format": "password"}
        return f"$inputs.{name}"

    def _name_output(self, value: str) -> str:
        step, name, expression = self._made[value]
        step.setdefault("outputs", {})[name] = expression
        return f"$steps.{step['stepId']}.outputs.{name}"


def _find_made(answer: Any, sent: Any) -> Iterator[tuple[str, str]]:
    """Yield pointer and value of each id and credential in an answer that was not sent as one, the outermost first."""
    level, known = [("", answer)], set(sent)
    while level:
        below = []
        for pointer, value in level:
            parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            for key, part in parts:
                if not _KEY.fullmatch(str(key)):
                    continue
                below.append((f"{pointer}/{key}", part))
                names = key == "id" or str(key).endswith("_id")
                if isinstance(part, str) and part and part not in known and (names or SECRET.fullmatch(part)):
                    yield f"{pointer}/{key}", part
        level = below


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key comes twice")
    return dict(pairs)


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
