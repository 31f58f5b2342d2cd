"""Write an example of each operation for Specmatic: python -m examples.tools.specmatic FOLDER."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from examples.tools.requests import FORM, Request, content_of, requests, tokens


def write(folder: Path) -> None:
    """Write a file an operation, with the tokens of the mock that runs.

    Left out is what has a slash in a parameter of its path: Specmatic takes that for another path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = tokens()
    for each in requests():
        if each.is_told_by_its_path:
            example = {"http-request": _asked(each, known[each.persona], folder), "http-response": _due(each)}
            (folder / f"{each.operation}.json").write_text(json.dumps(example, indent=2), encoding="utf-8")


def _asked(request: Request, token: str, folder: Path) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    asked: dict[str, Any] = {"method": request.method, "path": request.path, "headers": headers}
    if request.media_type is None:
        return asked
    headers["Content-Type"] = request.media_type
    if request.media_type == FORM:
        return asked | {"multipart-formdata": [_part(name, field, folder) for name, field in request.body.items()]}
    return asked | {"body": request.body}


def _part(name: str, field: Any, folder: Path) -> dict[str, str]:
    file = content_of(field)
    if file is None:
        return {"name": name, "content": field}
    path = folder.resolve() / file[0]
    path.write_bytes(file[1])
    return {"name": name, "filename": f"@{path}", "contentType": file[2]}


def _due(request: Request) -> dict[str, Any]:
    return {"status": request.due.status, "headers": dict(request.due.headers), "body": request.due.body}


if __name__ == "__main__":
    write(Path(sys.argv[1]))
