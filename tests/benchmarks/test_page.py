"""The generated part of the page, and what stands around it."""

from pathlib import Path

from benchmarks.figures import CONNEXION, GET, OURS, STARLETTE, Figure, name_ratio
from benchmarks.judging import judge_promises
from benchmarks.report.page import BEGIN, END, list_lines, list_shortfalls, put, render_section
from tests.benchmarks.made import results, row

RESULTS = results(
    Figure(name_ratio(GET, CONNEXION), "x", (6, 5, 8)),
    Figure("something else", "MiB", (12.0,)),
    rows=[row(GET, {OURS: [20000, 30000, 25000], CONNEXION: [4000, 5000, 4500]})],
    left_out=["Prism is left out"],
)


def test_a_page_keeps_what_stands_around_the_generated_part(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\nBefore.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n", encoding="utf-8")
    put(page, "new")
    assert page.read_text(encoding="utf-8") == f"# Title\n\nBefore.\n\n{BEGIN}\n\nnew\n\n{END}\n\nAfter.\n"


def test_a_page_without_the_part_gets_it_at_its_end(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\nBefore.\n", encoding="utf-8")
    put(page, "new")
    first = page.read_text(encoding="utf-8")
    assert first == f"# Title\n\nBefore.\n\n{BEGIN}\n\nnew\n\n{END}\n"
    put(page, "new")
    assert page.read_text(encoding="utf-8") == first


def test_a_page_that_is_not_there_is_made(tmp_path: Path) -> None:
    put(tmp_path / "page.md", "new")
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == f"# Performance\n\n{BEGIN}\n\nnew\n\n{END}\n"


def test_the_section_has_rates_promises_and_what_was_left_out() -> None:
    text = render_section(RESULTS, "plot.svg")
    assert "Measured 2026-01-01 on 2 cores with `a load`, 5 rounds beside the peers and 3" in text
    assert "(plot.svg)" in text
    assert f"| {GET} | mock | 25,000 | 1.00 |" in text
    assert "| GET a pack: mock / bare Connexion | at least 7 x | 6.00 (5.00-8.00) x | FALLS SHORT |" in text
    assert f"| {name_ratio(GET, STARLETTE)} | at least 0.7 | - | not measured |" in text
    assert "| something else | 12.0 MiB |" in text
    assert "\nPrism is left out\n" in text


def test_a_terminal_hears_of_what_was_measured_only() -> None:
    rates, more, left_out, promise = list_lines(RESULTS)
    assert rates.split("  ")[0] == GET
    assert more.endswith("4,500/s   p99 1.00 ms")
    assert left_out == "Prism is left out"
    assert list_shortfalls(judge_promises(RESULTS)) == [promise]
