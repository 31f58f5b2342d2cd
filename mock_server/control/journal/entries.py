"""Entries of a journal as JSON: made when they are read, without credentials."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from mock_server.access import redaction
from mock_server.access.callers import NOBODY, Caller
from mock_server.contract.error_body import USUAL, ErrorBody
from mock_server.contract.forced import ForcedAnswer
from mock_server.fixtures import Persona
from mock_server.pipeline.gates import NAMES, OPERATION, RESPONSE_CHECK
from mock_server.pipeline.gates.parameters import check_parameters
from mock_server.pipeline.gates.simulated import apply_fault
from mock_server.state.changes import list_changes
from mock_server.state.clock import write_timestamp
from mock_server.state.state import list_touched
from mock_server.worlds.answer import cut_length
from mock_server.worlds.call import Passage
from mock_server.worlds.journal import NOT_ANSWERED, Entry

Shown = dict[str, Any]


class EntryPresenter:
    """Makes JSON of entries, and names their callers: by persona, where the caller is one."""

    def __init__(self, personas: Iterable[Persona]) -> None:
        self._personas: Mapping[Caller, str] = {persona.caller: persona.name for persona in personas}

    @property
    def personas(self) -> Iterable[str]:
        """The names of all personas."""
        return self._personas.values()

    def name_caller(self, entry: Entry) -> str | None:
        """Return the name of the caller, refused or not; None without a known credential."""
        caller: Caller | None = entry.caller
        if caller is NOBODY:
            caller = None if entry.bearer is None else entry.bearer.caller
        if caller is None:
            return None
        return self._personas.get(caller) or f"{caller.org_id}:{caller.label or caller.user_id}"

    def show(self, entry: Entry, undone: Iterable[int] = ()) -> Shown:
        """Return an entry as a JSON object."""
        before, after = entry.before, entry.after
        answered = entry.has_content and entry.status != NOT_ANSWERED
        return {
            "id": entry.id,
            "time": write_timestamp(entry.now),
            **self.summarise(entry),
            "duration_ms": round((entry.ended - entry.started) * 1000, 3),
            "changes": [] if before is None else list_changes(before, after, list_touched(after, before)),
            "undone": entry.id in undone,
            "request": _show_request(entry) if entry.has_content else None,
            "response": _show_message(entry.answer_headers, entry.answer_body, entry.answer_length)
            if answered
            else None,
        }

    def summarise(self, entry: Entry) -> Shown:
        """Return caller, request and outcome of an entry, which the journal need not keep."""
        refused = entry.status >= 400 or entry.status == NOT_ANSWERED
        return {
            "operation_id": entry.operation_id,
            "method": entry.method,
            "path": redaction.mask_path(entry.contract.base_path + entry.path),
            "caller": self.name_caller(entry),
            "request_id": entry.request_id,
            "from_console": entry.from_console,
            "credential": None if entry.bearer is None else entry.bearer.standing,
            "status": entry.status,
            "code": entry.code,
            "gate": (entry.refused_by or OPERATION) if refused else None,
            "reason": entry.dropped or (find_reason(entry.answer_body, entry.contract.errors) if refused else None),
            "undeclared": entry.undeclared,
            "stateless": entry.stateless,
            "faults": [] if entry.fault_outcome is None else list(entry.fault_outcome.ids),
            "fault_effect": _show_fault_effect(entry),
            **({} if entry.passage is None else {"passage": _show_passage(entry, entry.passage)}),
        }


def _show_passage(entry: Entry, passage: Passage) -> Shown:
    """Show where a call was passed on to, what broke the contract, and where the two sides differ."""
    broke, gate = list(passage.broke), entry.refused_by
    if passage.to is None and gate in {NAMES[check_parameters], RESPONSE_CHECK}:
        side = "answer" if gate == RESPONSE_CHECK else "request"
        broke.append(f"{side}: {find_reason(entry.answer_body, entry.contract.errors)}")
    to = None if passage.to is None else redaction.mask_path(passage.to)
    told = [redaction.without_tokens(each.encode()).decode() for each in broke]
    return {"to": to, "broke": told, "differs": passage.differs}


def _show_fault_effect(entry: Entry) -> Shown | None:
    """Show what faults did to a call, in the fields by which a fault is armed; None without a fault."""
    outcome, answered = entry.fault_outcome, entry.status != NOT_ANSWERED
    if outcome is None or not outcome.ids:
        return None
    done: Shown = {"delay_ms": outcome.late_ms} if outcome.late_ms else {}
    if entry.refused_by in {NAMES[apply_fault], OPERATION}:  # an earlier gate refused it otherwise
        if isinstance(outcome.end, ForcedAnswer):
            done["status"], done["code"] = outcome.end.status, outcome.end.sample.code
            if outcome.end.undeclared:
                done["undeclared"] = True
        elif outcome.end is not None:
            done["drop"] = True
    if outcome.truncate is not None and answered:
        done["truncate"] = cut_length(outcome.truncate, entry.answer_length)
    return done


def find_reason(body: bytes, errors: ErrorBody = USUAL) -> str | None:
    """Return the reason of a refusal, with its wrong fields; None where the answer has none."""
    try:
        told = orjson.loads(body)
        reason = errors.read(told, "message")
        fields = (errors.read(told, "details") or {}).get("fields", {})
        if fields:
            reason = f"{reason.removesuffix('.')}: {'; '.join(f'{name}: {text}' for name, text in fields.items())}"
        return redaction.without_tokens(reason.encode()).decode()
    except (ValueError, KeyError, TypeError, AttributeError):  # a deviation may break the envelope
        return None


def _show_request(entry: Entry) -> Shown:
    return {
        "query": redaction.mask_query(entry.query_string),
        **_show_message(entry.headers, entry.sent, entry.sent_length),
    }


def _show_message(headers: Mapping[bytes, bytes], body: bytes, length: int) -> Shown:
    cut = length > len(body)
    text, encoding = _write_text(redaction.without_tokens(body), cut=cut)
    return {
        "headers": redaction.show_headers(headers),
        "body": text,
        "encoding": encoding,
        "bytes": length,
        "cut": cut,
    }


def _write_text(body: bytes, *, cut: bool) -> tuple[str, str]:
    """A body as text, and its encoding; a character cut in two at the end does not make it binary."""
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError as error:
        if cut and error.end == len(body) and error.reason == "unexpected end of data":
            return body[: error.start].decode(), "utf-8"
        return base64.b64encode(body).decode(), "base64"
