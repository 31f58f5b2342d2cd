"""`evershell-mock contract`: the resources that the mock sees in a contract, to paste into it or to keep beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from mock_server.errors import StartError

_PATH: Any = click.Path(path_type=Path)
_WIDTH = 120


@click.command(name="contract")
@click.argument("path", metavar="FILE", type=_PATH)
@click.option(
    "--overlay",
    "overlays",
    metavar="FILE",
    type=_PATH,
    multiple=True,
    help="An OpenAPI Overlay 1.0 file, applied to the contract first. May be repeated.",
)
@click.option(
    "--module",
    "modules",
    metavar="FILE",
    type=_PATH,
    multiple=True,
    help="A file of Python with functions for operations. May be repeated.",
)
@click.option(
    "--as",
    "form",
    type=click.Choice(("types", "overlay", "json")),
    default="types",
    show_default=True,
    help="x-resource-types to paste, an Overlay 1.0 file to keep beside the contract, or JSON for programs.",
)
def contract(*, path: Path, overlays: tuple[Path, ...], modules: tuple[Path, ...], form: str) -> None:
    """Print the x-resource-types by which a contract is served.

    Those that it declares, or else those inferred from its paths; and how many of its operations follow from them.
    """
    # Imported here, so that no other command waits for it.
    from mock_server.contract.document import is_foreign, load_document  # noqa: PLC0415
    from mock_server.foreign_api import load_modules, read_foreign_api  # noqa: PLC0415
    from mock_server.settings import Settings  # noqa: PLC0415

    try:
        document = load_document(path, overlays, any_api=True)
        if not is_foreign(document):
            click.echo(f"evershell-mock: {path}: is a contract of our own API, which declares its resources", err=True)
            sys.exit(2)
        settings = Settings(contract=path, overlays=overlays, modules=modules)
        api = read_foreign_api(settings, document, {}, load_modules(modules))
    except StartError as error:
        click.echo(f"evershell-mock: {error}", err=True)
        sys.exit(2)
    if form == "json":
        click.echo(json.dumps({**api.summary, "reasons": dict(api.reasons)}, indent=2))
        return
    for line in (f"{path}: {api.told[0]}", *api.told[1:], *_explain(api.reasons)):
        click.echo(f"# {line}")
    click.echo(_write(form, api.document, document), nl=False)


def _explain(reasons: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, reasons), default=0)
    yield from (f"  {name:{width}}  {reason}" for name, reason in reasons.items())


def _write(form: str, served: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """Return the types, with the schemas that have no name in the document, as YAML."""
    from mock_server.declared.resource_types import KEYWORD  # noqa: PLC0415 - as above

    known = document.get("components", {}).get("schemas", {})
    named = {name: each for name, each in served["components"].get("schemas", {}).items() if name not in known}
    added: dict[str, Any] = {KEYWORD: served[KEYWORD]}
    if named:
        added["components"] = {"schemas": named}
    if form == "types":
        return _dump(added)
    title = f"Resources of {document.get('info', {}).get('title', 'an API')}"
    overlay = {
        "overlay": "1.0.0",
        "info": {"title": title, "version": "1.0.0"},
        "actions": [{"target": "$", "update": added}],
    }
    return _dump(overlay)


def _dump(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=_WIDTH)
