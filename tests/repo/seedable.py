"""The table of states and the code in the page on seedable servers: `python -m tests.repo.seedable` writes them."""

import re
from collections.abc import Sequence

import conformance.resources  # noqa: F401  # registers what the API is about
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from conformance.session.provider_states import Param, ProviderState, get_provider_states
from tests.examples.seedable import FOLDER
from tests.repo.sources import ROOT

use_contract(load())

PAGE = ROOT / "docs" / "seedable.md"

_STATES = re.compile(r"(<!-- states -->\n\n).*?(?=\n\n<!-- end -->)", re.DOTALL)
_CODE = re.compile(r"(<!-- code: ([\w ]+) -->\n\n).*?(?=\n\n<!-- end -->)", re.DOTALL)


def rendered(text: str) -> str:
    """Return the page with the table of the suite's states and the code of the examples as they are."""
    text = _STATES.sub(lambda match: match[1] + _table(), text)
    return _CODE.sub(lambda match: match[1] + _block(match[2].split()), text)


def _table() -> str:
    rows = [("state", "what is so then", "params", "values"), ("---",) * 4]
    rows += [_row(name, state) for name, state in get_provider_states().items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(name: str, state: ProviderState) -> tuple[str, ...]:
    stays = "" if state.is_undone else " Its teardown may leave it so."
    values = ", ".join(f"`{each}`" for each in state.values)
    return f"`{name}`", state.holds + stays, ", ".join(map(_param, state.params)), values or "-"


def _param(param: Param) -> str:
    said = [param.meaning] if param.meaning else []
    said += [", ".join(f"`{each}`" for each in param.choices)] if param.choices else []
    return f"`{param.name}`{'' if param.is_required else '?'}" + (f" ({': '.join(said)})" if said else "")


def _block(names: Sequence[str]) -> str:
    source = (FOLDER / "server.py").read_text(encoding="utf-8")
    code = "\n\n\n".join(_definition(source, name) for name in names)
    return f"```python\n{code}\n```"


def _definition(source: str, name: str) -> str:
    """Return what defines a name at the outermost level."""
    (found,) = re.finditer(rf"^(?:class |def )?{name}\b", source, re.MULTILINE)
    return re.split(r"\n{2,}(?=\S)", source[found.start() :])[0].rstrip()


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
