"""Archives of files, as packs are uploaded."""

import gzip
import io
import tarfile
from collections.abc import Mapping

Files = Mapping[str, bytes]


def zipped(files: Files, *others: tarfile.TarInfo) -> bytes:
    """A .tar.gz of these files and of other entries."""
    return gzip.compress(tarred(files, *others), compresslevel=1, mtime=0)


def tarred(files: Files, *others: tarfile.TarInfo) -> bytes:
    """A tar of these files and of other entries."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for info in others:
            tar.addfile(info)
    return buffer.getvalue()
