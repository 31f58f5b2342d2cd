"""A pack's .tar.gz, unpacked in memory and refused for anything that a pack cannot hold."""

from mock_server.resources.packs.archive.tree import Tree, make_image, pack_files, read_image, unpack

__all__ = ["Tree", "make_image", "pack_files", "read_image", "unpack"]
