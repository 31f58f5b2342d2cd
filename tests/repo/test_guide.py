"""The pages on the mock tell the truth: their sessions print what they show, and every other command works."""

import re
from pathlib import Path

import pytest

from mock_server import in_process, live
from tests.live import served_mock
from tests.repo.console import replayed, steps
from tests.repo.make_shell import in_make_shell
from tests.repo.sources import ROOT, tracked

PAGES = [ROOT / "docs" / name for name in ("mock.md", "settings.md", "recipes.md", "sharing.md")]
PART_REAL = ROOT / "docs" / "part-real.md"
"""The sessions' harness starts the servers of this page, and nothing else of it is a command."""
ANY_CONTRACT = ROOT / "docs" / "any-contract.md"
"""The sessions' harness starts its mock too."""
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in (*PAGES, PART_REAL, ANY_CONTRACT)}
WITH_SESSIONS = [page for page in (*PAGES, PART_REAL, ANY_CONTRACT) if steps(TEXTS[page.name])]
GUIDE = "\n".join(TEXTS[page.name] for page in PAGES)
SHOWN_FROM = (ROOT / "examples" / "recipes", ROOT / "clients" / "typescript" / "tests")
SNIPPETS = re.findall(r"^```tsx?\n(.*?)^```", TEXTS["recipes.md"], re.MULTILINE | re.DOTALL)
SHELL = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```.*?^```", "", GUIDE, flags=re.MULTILINE | re.DOTALL)
INLINE = re.findall(r"`(evershell-mock [^`]+|eval [^`]+)`", PROSE)
LINES = [*(line for block in SHELL for line in block.splitlines()), *INLINE]
SERVES = [line for line in dict.fromkeys(LINES) if line.startswith("evershell-mock serve")]
CALLS = [line for line in INLINE if not line.startswith("evershell-mock serve")]
OTHERS = [block for block in SHELL if "evershell-mock serve" not in block]
IN_EXAMPLES = re.compile(r"\b(npx|npm create)\b")  # tests/examples/ runs those
MOST_LINES = 300
A_WHOLE_PROJECT = 75  # with which the recipes begin
ONE_SCREEN = 42
FORCED = ("force a state", "force one answer")


@pytest.mark.parametrize("page", WITH_SESSIONS, ids=lambda page: page.name)
def test_the_sessions_print_what_the_page_shows(page: Path) -> None:
    written, printed = replayed(page)
    assert printed == written


@pytest.mark.parametrize("line", SERVES)
def test_a_mock_that_the_guide_starts_serves(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("openapi.yaml", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    with in_process() as mock:
        Path("state.json").write_bytes(mock.world().export())
    # Nothing is to listen beyond this machine because of a test.
    options = line.removeprefix("evershell-mock serve").replace("0.0.0.0", "127.0.0.1").split()  # noqa: S104
    with served_mock(*options) as url:
        assert url.startswith("http://127.0.0.1:")


def test_each_command_in_its_prose_succeeds() -> None:
    assert CALLS
    with live() as mock:
        mock.world().client().get("/packs")
        for line in CALLS:
            run(re.sub(r"\bID\b", "1", line), EVERSHELL_MOCK_URL=mock.origin)


def run(block: str, **environment: str) -> None:
    """Run commands in the shell that `make shell` opens, from one that does not know them."""
    done = in_make_shell(block, **environment)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("block", [block for block in OTHERS if not IN_EXAMPLES.search(block)])
def test_a_command_of_the_guide_succeeds(block: str) -> None:
    run(block)


def test_every_block_is_one_that_a_test_runs_or_that_another_language_reads() -> None:
    kinds = re.findall(r"^```(\w*)$", GUIDE, re.MULTILINE)
    assert set(kinds) - {""} == {"console", "sh", "python", "ts", "tsx"}


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_what_a_recipe_shows_stands_in_a_file_that_is_tested(snippet: str) -> None:
    files = [path for path in tracked() if path.suffix in {".ts", ".tsx"} and any(map(path.is_relative_to, SHOWN_FROM))]
    shown = unindented(snippet)
    assert [path for path in files if shown in unindented(path.read_text(encoding="utf-8"))]


def unindented(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_the_guide_begins_with_what_most_people_need_on_one_screen() -> None:
    beginning = TEXTS["mock.md"].partition("\n## Be someone\n")[0]
    assert beginning.count("\n") <= ONE_SCREEN
    rows = re.findall(r"^\| ([a-z ]+) \| ", beginning, re.MULTILINE)
    assert rows == ["to", "run it", "give each test a world of its own", "be somebody", *FORCED, "see why"]


@pytest.mark.parametrize("page", [*PAGES, PART_REAL], ids=lambda page: page.name)
def test_its_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", TEXTS[page.name])
    for name, anchor in links:
        text = (page.parent / name if name else page).read_bytes().decode("utf-8", "replace")  # a picture has no text
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        assert not anchor or anchor in {
            re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings
        }


def test_the_paths_that_it_names_are_there() -> None:
    named = set(re.findall(r"`((?:examples|clients|mock_server|docs)/[\w./-]+)`", GUIDE))
    assert named
    assert [path for path in named if not (ROOT / Path(path)).exists()] == []


@pytest.mark.parametrize("page", [*PAGES, PART_REAL], ids=lambda page: page.name)
def test_it_is_one_page(page: Path) -> None:
    assert TEXTS[page.name].count("\n") <= MOST_LINES + (A_WHOLE_PROJECT if page.name == "recipes.md" else 0)
