"""The page on life cycles says what the table of the mock says."""

from mock_server.resources.workspaces.life.table import BYS, STEPS
from tests.repo.life_cycles import MOVERS, PAGE, rendered


def test_the_page_is_what_is_rendered_from_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == rendered(text), "python -m tests.repo.life_cycles writes it"
    assert all(f"| {step.after} s | {step.to} |" in text for step in STEPS if step.after)


def test_everything_that_moves_something_is_in_the_table_and_has_words() -> None:
    assert {step.by for step in STEPS} == set(BYS) == set(MOVERS)
