"""The state of a world as JSON: written, and read back with every problem by its JSON pointer.

The document is canonical: equal states give equal bytes, so export, import, export do too. Contents
stand in it once, by their SHA-256, images by the digest of their contents; a token by its SHA-256 only.
What is no state (faults, the journal, snapshots, the seed of ids) is not in it. Its schema is `State` in
control.yaml.
"""

from __future__ import annotations

from pathlib import Path

from mock_server.contract.texts import parse
from mock_server.errors import StartError, ValidationFailed
from mock_server.state.portable.patch import Patches
from mock_server.state.portable.problems import StateProblems, write_pointer
from mock_server.state.portable.reader import StateReader
from mock_server.state.portable.schema import list_sections, with_collections
from mock_server.state.portable.writer import FORMAT, to_document, write
from mock_server.state.state import State
from mock_server.whole_file import put

__all__ = [
    "FORMAT",
    "Patches",
    "StateProblems",
    "StateReader",
    "list_sections",
    "load",
    "save",
    "to_document",
    "with_collections",
    "write",
    "write_pointer",
]


def load(path: Path, reader: StateReader, like: State) -> State:
    """Return the state in a file; StartError names the place of the first thing that is wrong."""
    try:
        if path.exists() and not (path.is_file() or path.is_fifo()):  # a device may go on without end
            raise StartError(f"--state {path}: is no file")
        return reader.read(parse(path.read_bytes()), like)
    except OSError as error:
        raise StartError(f"--state {path}: cannot be read: {error.strerror}") from error
    except ValidationFailed as error:
        fields = error.details["fields"]
        raise StartError(f"--state {path}: is not whole: {fields['body']}") from error  # type: ignore[index]
    except StateProblems as error:
        (place, text), *more = error.problems.items()
        others = f" ({len(more)} more places are wrong)" if more else ""
        raise StartError(f"--state {path}: {place or 'the document'}: {text}{others}") from error


def save(state: State, path: Path) -> None:
    """Put the state into a file, whole or not at all.

    Raises OSError where it cannot be written; then the file is as it was, and the error's text says where the
    state is instead.
    """
    put(write(state), path, "the state is")
