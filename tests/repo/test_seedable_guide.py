"""The page on seedable servers tells the truth: its sessions, its table of states, and the code that it shows."""

import re
import tomllib

from conformance.session.provider_states import get_provider_states
from tests.examples.seedable import PROFILE
from tests.repo.console import replayed
from tests.repo.seedable import PAGE, rendered

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_sessions_print_what_the_page_shows() -> None:
    """The servers are started as it says; its profiles are made as it says."""
    written, printed = replayed(PAGE)
    assert written
    assert printed == written


def test_the_table_and_the_code_are_those_of_the_programs() -> None:
    assert rendered(TEXT) == TEXT, "python -m tests.repo.seedable writes it"
    assert re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE) == list(get_provider_states())


def test_the_urls_that_it_shows_are_those_of_the_profile() -> None:
    (shown,) = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    target = tomllib.loads(PROFILE.read_text(encoding="utf-8"))["target"]
    assert tomllib.loads(shown)["target"].items() <= target.items()


def test_every_block_is_one_that_a_test_runs_or_reads() -> None:
    kinds = re.findall(r"^```(\w*)$", TEXT, re.MULTILINE)
    assert set(kinds) - {""} == {"console", "sh", "toml", "python"}
