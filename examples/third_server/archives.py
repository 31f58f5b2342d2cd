"""Unpack the archives of packs, and read the manifests in them."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

import yaml

from examples.third_server.calls import validate
from examples.third_server.errors import ApiError, refuse_field
from examples.third_server.schemas import PackManifest

MAX_UNPACKED = 134_217_728
MAX_ENTRIES = 10_000
MAX_FILE = 8_388_608
MAX_PATH = 4_096
MAX_TAR = MAX_UNPACKED + 64 * 1024 * 1024
FILES = ("pack.yaml", "behavior.md")
FOLDERS = ("guides", "scripts", "data", "templates")
BLOCK = 512
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def unpack(archive: bytes) -> dict[str, bytes]:
    """Unpack an archive, or refuse it as a whole."""
    with tempfile.SpooledTemporaryFile(max_size=32 * 1024 * 1024) as plain:
        _decompress(archive, plain)
        plain.seek(0)
        try:
            with tarfile.open(fileobj=plain, mode="r:") as tar:
                return _check_top_level(*_read_members(tar, plain))
        except (tarfile.TarError, OSError, ValueError, OverflowError):
            raise _refuse("It is not a tar archive.") from None


def load_yaml(text: str) -> Any:
    """Load YAML, and refuse what is none with a ValueError."""
    try:
        return yaml.load(text, Loader=LOADER)  # noqa: S506  # a safe loader, in C where there is one
    except (yaml.YAMLError, RecursionError, OverflowError, LookupError, TypeError) as error:
        raise ValueError("It is not YAML.") from error


def read_manifest(content: bytes, field: str) -> PackManifest:
    """Read a pack.yaml, and say of which field it is wrong."""
    try:
        manifest = load_yaml(content.decode("utf-8"))
    except ValueError:
        raise refuse_field(field, "The pack.yaml is not YAML in UTF-8.") from None
    if not isinstance(manifest, dict):
        raise refuse_field(field, "The pack.yaml is not a mapping.")
    try:
        named = {key: value for key, value in manifest.items() if isinstance(key, str)}
        return validate(PackManifest, named)
    except ApiError as error:
        problems = (error.details or {})["fields"]
        text = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
        raise refuse_field(field, f"The pack.yaml is not valid. {text}") from None


def _refuse(text: str) -> ApiError:
    """Make the error of an archive that is not taken."""
    return refuse_field("archive", text)


def _decompress(archive: bytes, plain: IO[bytes]) -> None:
    """Decompress an archive as far as the largest that is taken."""
    total = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(archive)) as packed:
            while chunk := packed.read(1024 * 1024):
                total += len(chunk)
                if total > MAX_TAR:
                    raise _refuse(f"Its files come to more than {MAX_UNPACKED} bytes.")
                plain.write(chunk)
    except EOFError:
        raise _refuse("Its compressed data is cut short.") from None
    except (OSError, zlib.error):
        raise _refuse("It is not compressed with gzip.") from None


def _read_members(tar: tarfile.TarFile, plain: IO[bytes]) -> tuple[dict[str, bytes], set[str]]:
    """Read the files and folders of a tar archive."""
    files: dict[str, bytes] = {}
    folders: set[str] = set()
    total = 0
    for path, member in _list_members(tar):
        if path in files or path in folders:
            raise _refuse("An entry is in it twice.")
        if member.isdir():
            folders.add(path)
            continue
        total += member.size
        files[path] = _read_file(tar, member, total)
    plain.seek(tar.offset)
    if plain.read(BLOCK) != bytes(BLOCK):
        raise _refuse("The end of the tar archive is missing.")
    _check_parents(files)
    return files, folders


def _list_members(tar: tarfile.TarFile) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """Go through the entries of a tar archive that have a path, as long as there are not too many."""
    for count, member in enumerate(tar, start=1):
        path = _check_path(member.name)
        if count > MAX_ENTRIES:
            raise _refuse(f"It has more than {MAX_ENTRIES} entries.")
        if path:
            yield path, member
        elif not member.isdir():
            raise _refuse("An entry has no name.")


def _read_file(tar: tarfile.TarFile, member: tarfile.TarInfo, total: int) -> bytes:
    """Read an entry that has to be a file; total: the bytes of all files, with those of this one."""
    if member.issym() or member.islnk():
        raise _refuse("An entry is a link.")
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise _refuse("An entry is a device.")
    if member.size > MAX_FILE:
        raise _refuse(f"A file has more than {MAX_FILE} bytes.")
    if total > MAX_UNPACKED:
        raise _refuse(f"Its files come to more than {MAX_UNPACKED} bytes.")
    source = tar.extractfile(member)
    content = source.read() if source is not None else b""
    if len(content) != member.size:
        raise _refuse("A file in it is cut short.")
    return content


def _check_parents(files: Iterable[str]) -> None:
    """Refuse a file that is a folder of another one as well."""
    paths = set(files)
    for path in paths:
        parents = path.split("/")[:-1]
        if any("/".join(parents[:depth]) in paths for depth in range(1, len(parents) + 1)):
            raise _refuse("An entry is a file and a folder.")


def _check_path(name: str) -> str:
    """Return the path of an entry as the pack has it."""
    if name.startswith("/"):
        raise _refuse("The path of an entry is absolute.")
    if len(name) > MAX_PATH:
        raise _refuse(f"A path has more than {MAX_PATH} characters.")
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise _refuse("A path is not text in UTF-8.") from None
    segments = [segment for segment in name.split("/") if segment not in ("", ".")]
    if ".." in segments:
        raise _refuse("The path of an entry has a double dot.")
    if any("\0" in segment for segment in segments):
        raise _refuse("The path of an entry has a NUL.")
    return "/".join(segments)


def _check_top_level(files: dict[str, bytes], folders: set[str]) -> dict[str, bytes]:
    """Remove one folder around a pack, and refuse what a pack does not have at its top."""
    tops = {path.split("/", 1)[0] for path in (*files, *folders)}
    if len(tops) == 1 and "pack.yaml" not in tops:
        top = next(iter(tops))
        if f"{top}/pack.yaml" in files or top not in FOLDERS:
            files = {path[len(top) + 1 :]: content for path, content in files.items()}
            folders = {path[len(top) + 1 :] for path in folders if path != top}
    for path in files:
        head, _, rest = path.partition("/")
        if head not in (FOLDERS if rest else FILES):
            raise _refuse("An entry at the top is not one that a pack may have.")
    if any(path.split("/", 1)[0] not in FOLDERS for path in folders):
        raise _refuse("A folder at the top is not one that a pack may have.")
    if "pack.yaml" not in files:
        raise _refuse("There is no pack.yaml at the top.")
    return files
