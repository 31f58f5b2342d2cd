"""The state of a world as JSON: written, and read back with every problem by its JSON pointer.

The document is canonical: equal states give equal bytes, so export, import, export do too. Contents
stand in it once, by their SHA-256, images by the digest of their contents; a token by its SHA-256 only.
What is no state (faults, the journal, snapshots, the seed of ids) is not in it. Its schema is `State` in
control.yaml.
"""

from mock_server.state.portable.file import load, save
from mock_server.state.portable.patch import Patches
from mock_server.state.portable.problems import StateProblems, write_pointer
from mock_server.state.portable.reader import StateReader
from mock_server.state.portable.schema import list_sections, with_collections
from mock_server.state.portable.writer import FORMAT, to_document, write

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
