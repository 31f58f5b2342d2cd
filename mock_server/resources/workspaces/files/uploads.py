"""Files that come with a task: kept until it is delivered, and from then on in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping

from mock_server.resources.packs.images import CONTENTS
from mock_server.resources.workspaces.task import TASKS
from mock_server.state.blobs import Blob
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import Value


class Upload(Value):
    """A file of a task that is not delivered yet."""

    task_id: str
    name: str
    content: Blob


UPLOADS = Collection(
    Upload,
    "uploads",
    key=("task_id", "name"),
    refers={"task_id": TASKS},
    indexes=("task_id",),
    description="By task, then by name: the files that come with each that is not delivered yet.",
    shares=CONTENTS,
    shared_field="content",
    holds_content=True,
)


def with_uploads(state: State, task_id: str, contents: Mapping[str, Blob]) -> State:
    """Return the state in which these files, by name, come with a task: they are in the sandbox once it is delivered.

    To be called before the task is.
    """
    for name, content in contents.items():
        state = state.put(UPLOADS, Upload(task_id, name, content))
    return state


def without_uploads(state: State, task_id: str) -> State:
    """Return the state in which no file waits for the delivery of a task."""
    for upload in state.select(UPLOADS, task_id=task_id):
        state = state.drop(UPLOADS, UPLOADS.key_of(upload))
    return state
