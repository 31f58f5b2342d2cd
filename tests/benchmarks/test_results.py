"""What the repository shows of a run is made of the results that it holds, and of nothing else."""

from pathlib import Path

from benchmarks.figures import CONNEXION, GET, OURS, Figure
from benchmarks.report import page, plot, results
from tests.benchmarks.made import results as made
from tests.benchmarks.made import row

COMMITTED = results.read_committed()


def test_page_and_plot_are_the_same_when_they_are_made_of_the_file_again(tmp_path: Path) -> None:
    rates = {OURS: [20123.456789, 30000], CONNEXION: [4000.123456, 5000]}
    results.write(made(Figure("a", "x", (1 / 3, 2 / 3)), rows=[row(GET, rates)]), tmp_path)
    first = [(tmp_path / place).read_bytes() for place in (results.PAGE, results.PLOT)]
    read = results.read_committed(tmp_path)
    assert read is not None
    results.render(read, tmp_path)
    assert [(tmp_path / place).read_bytes() for place in (results.PAGE, results.PLOT)] == first


def test_where_no_run_was_written_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    assert results.read_committed(tmp_path) is None


def test_the_committed_page_and_plot_are_those_of_the_committed_results(root: Path) -> None:
    assert COMMITTED is not None
    text = (root / results.PAGE).read_text(encoding="utf-8")
    generated = text.partition(page.BEGIN)[2].partition(page.END)[0]
    assert generated.strip() == page.render_section(COMMITTED, results.PLOT.name), (
        "write them again: -m benchmarks.report"
    )
    assert (root / results.PLOT).read_text(encoding="utf-8") == plot.render_svg(COMMITTED.rows)
