"""Labels as somebody wrote them who read the contract alone, with one wrong answer where a defect is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mock_server.errors import ApiError, PermissionDenied
from mock_server.operation import Handler, Reply, Request
from mock_server.state.state import State

OPERATIONS = ("labels.list", "labels.create", "labels.get", "labels.update", "labels.delete")
DEFECTS = {
    "lists foreign ones": "OWNERSHIP-NOT-LISTED",
    "keeps nothing": "CREATE-READABLE",
    "shows foreign ones": "OWNERSHIP-PRIVATE-HIDDEN",
    "deletes foreign ones": "OWNERSHIP-PRIVATE-HIDDEN",
    "deletes nothing": "DELETE-GONE",
    "deletes the others of the org too": "EFFECT-NOTHING-ELSE",
    "takes a taken name": "CONFIG-NAME-TAKEN",
    "changes another field too": "CONFIG-PATCH-REST",
    "keeps no update": "CONFIG-PATCH-APPLIES",
    "keeps what a null clears": "CONFIG-PATCH-APPLIES",
    "renames": "CONFIG-PATCH-REST",
}
"""Each wrong answer, and the rule that it breaks."""

OF_SHARED = {"hides shared ones": "OWNERSHIP-SHARED-READABLE", "changes shared ones": "OWNERSHIP-SHARED-READ-ONLY"}
"""The same of labels that everybody sees."""


class LabelNotFound(ApiError, code="label_not_found", status=404):
    """There is no label of this id that the caller's org can see."""


class LabelExists(ApiError, code="label_exists", status=409):
    """The org already has a label of this name."""


@dataclass
class Labels:
    """Serves the operations on labels. Each defect is one wrong answer."""

    defect: str = ""
    shared: str = ""
    """The color of the labels that everybody sees."""
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id."""
    made: int = 0

    @property
    def handlers(self) -> dict[str, Handler]:
        return {name: Handler(getattr(self, name.partition(".")[2])) for name in OPERATIONS}

    def list(self, state: State, request: Request) -> tuple[State, Reply]:
        org = request.caller.org_id
        foreign = self.defect == "lists foreign ones"
        seen = [each for each in self.stored.values() if each["org_id"] == org or foreign or self._is_shared(each)]
        return state, Reply(200, {"labels": [self._shown(each, org) for each in seen]})

    def create(self, state: State, request: Request) -> tuple[State, Reply]:
        org, body = request.caller.org_id, request.body
        taken = any((each["org_id"], each["name"]) == (org, body["name"]) for each in self.stored.values())
        if taken and self.defect != "takes a taken name":
            raise LabelExists("The org already has a label of this name.")
        self.made += 1
        now = _told(request)
        label = {"id": f"label_{self.made:012d}", "org_id": org, "position": 0, **body}
        label |= {"created_at": now, "updated_at": now}
        if self.defect != "keeps nothing":
            self.stored[label["id"]] = label
        return state, Reply(201, label)

    def get(self, state: State, request: Request) -> tuple[State, Reply]:
        shared = self.shared != "" and self.defect != "hides shared ones"
        label = self._found(request, foreign=self.defect == "shows foreign ones", shared=shared)
        return state, Reply(200, self._shown(label, request.caller.org_id))

    def update(self, state: State, request: Request) -> tuple[State, Reply]:
        before = self._own(request)
        changed = before | request.body
        if self.defect == "keeps what a null clears" and changed.get("description", "") is None:
            changed["description"] = before.get("description")
        label = {name: value for name, value in changed.items() if value is not None}
        if label != before:
            label["updated_at"] = _told(request)
            if self.defect == "changes another field too":
                label["position"] = 999 if "position" not in request.body else label["position"]
                label["color"] = "green" if "position" in request.body else label["color"]
            elif self.defect == "renames":
                label["name"] = f"{label['name']}-x"
        if self.defect != "keeps no update":
            self.stored[label["id"]] = label
        return state, Reply(200, label)

    def delete(self, state: State, request: Request) -> tuple[State, Reply]:
        label = self._own(request, foreign=self.defect == "deletes foreign ones")
        if self.defect == "deletes the others of the org too":
            self.stored = {key: each for key, each in self.stored.items() if each["org_id"] != label["org_id"]}
        elif self.defect != "deletes nothing":
            del self.stored[label["id"]]
        return state, Reply(200, {"status": "deleted"})

    def _found(self, request: Request, *, foreign: bool = False, shared: bool = False) -> dict[str, Any]:
        label = self.stored.get(request.path["id"])
        if label is None or not (
            foreign or label["org_id"] == request.caller.org_id or (shared and self._is_shared(label))
        ):
            raise LabelNotFound("There is no label of this id.")
        return label

    def _own(self, request: Request, *, foreign: bool = False) -> dict[str, Any]:
        label = self._found(request, foreign=foreign, shared=True)
        if label["org_id"] != request.caller.org_id and not (foreign or self.defect == "changes shared ones"):
            raise PermissionDenied("The label belongs to another org.")
        return label

    def _is_shared(self, label: dict[str, Any]) -> bool:
        return self.shared != "" and label["color"] == self.shared

    def _shown(self, label: dict[str, Any], org: str) -> dict[str, Any]:
        """A label as an org is shown it: whose it is, no other org is told of one that is shared."""
        others = self.shared != "" and label["org_id"] != org
        return {name: value for name, value in label.items() if not (others and name == "org_id")}


def _told(request: Request) -> str:
    return request.now.isoformat().replace("+00:00", "Z")
