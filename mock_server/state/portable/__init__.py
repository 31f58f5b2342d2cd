"""The state of a world as JSON: written, and read back with every fault by its JSON pointer.

The document is canonical: equal states give equal bytes, so export, import, export do too. Contents
stand in it once, by their SHA-256, images by the digest of their contents; a token by its SHA-256 only.
What is no state (faults, the journal, snapshots, the seed of ids) is not in it. Its schema is `State` in
control.yaml.
"""

from mock_server.state.portable.faults import StateFaults, pointer
from mock_server.state.portable.file import check_writable, load, save
from mock_server.state.portable.reader import StateReader
from mock_server.state.portable.writer import FORMAT, written

__all__ = ["FORMAT", "StateFaults", "StateReader", "check_writable", "load", "pointer", "save", "written"]
