"""A pack's .tar.gz, unpacked in memory and refused for anything that a pack cannot hold."""

from mock_server.resources.packs.archive.gunzip import SMALL
from mock_server.resources.packs.archive.tree import Tree, image_of, pack_files, unpack

__all__ = ["SMALL", "Tree", "image_of", "pack_files", "unpack"]
