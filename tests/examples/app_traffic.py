"""What the recorded traffic of `examples/console_app` met of the contract, as the table in its README.

`python -m tests.examples.app_traffic` runs the app's tests, judges their traffic, and writes the table.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.repo.make_shell import in_make_shell
from tests.repo.sources import ROOT

README = ROOT / "examples" / "console_app" / "README.md"
PAGE = README.read_text(encoding="utf-8")
[DEVELOPING, TESTING] = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"(?<=<!-- traffic -->\n\n)(.*?)(?=\n<!-- end -->)", re.DOTALL)


def played(folder: Path) -> tuple[str, dict[str, Any]]:
    """Run the commands of the README with files in a folder: what they print, and the report on what was recorded."""
    report = folder / "report.json"
    block = TESTING.replace("TRAFFIC=traffic ", f"TRAFFIC={folder / 'traffic'} ")
    block = block.replace("playwright test", f"playwright test --output {folder / 'results'}")
    block = block.replace("traffic traffic ", f"traffic {folder / 'traffic'} --report json={report} ")
    done = in_make_shell(block)
    assert done.returncode == 0, done.stdout
    return done.stdout, json.loads(report.read_bytes())


def table(report: dict[str, Any]) -> str:
    """A row for each operation that the app uses: the declared answers that it met, and those that it never met."""
    cells = [cell for cell in report["cells"] if cell["declared"]]
    used = dict.fromkeys(cell["operation_id"] for cell in cells if cell["count"])
    rows = ["| operation | met | never met |", "|---|---|---|"]
    for operation in used:
        own = [cell for cell in cells if cell["operation_id"] == operation]
        met, never = ([cell for cell in own if bool(cell["count"]) is reached] for reached in (True, False))
        rows.append(f"| `{operation}` | {', '.join(answers(met))} | {', '.join(answers(never)) or 'none'} |")
    count = sum(cell["operation_id"] in used for cell in cells)
    reached = sum(bool(cell["count"]) for cell in cells)
    return "\n".join([f"{reached} of {count} declared answers of {len(used)} operations:", "", *rows, ""])


def answers(cells: list[dict[str, Any]]) -> Iterator[str]:
    """Each answer as its status and code."""
    for cell in cells:
        yield f"{cell['status']} {cell['code'] or ''}".strip()


def shown() -> str:
    """The table as the README has it."""
    [found] = TABLE.findall(PAGE)
    return str(found)


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        _, judged = played(Path(name))
    README.write_text(TABLE.sub(lambda _: table(judged), PAGE), encoding="utf-8")
