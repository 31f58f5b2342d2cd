"""What is said of a name that is unknown: the one that was probably meant, or those that there are."""

import pytest

from mock_server.control.errors import describe_unknown

MANY = [f"name-{number}" for number in range(15)]


@pytest.mark.parametrize(
    ("name", "known", "instead"),
    [
        ("clena", ["clean", "other"], "Did you mean clean?"),
        ("quite-different", ["clean"], "There is clean."),
        ("quite-different", ["clean", "other"], "There are clean, other."),
        ("zzz", MANY, f"There are {', '.join(MANY[:12])} and 3 more."),
        ("clean", [], "There is none yet."),
    ],
)
def test_what_there_is_instead_is_told(name: str, known: list[str], instead: str) -> None:
    assert describe_unknown("snapshot", name, iter(known)) == f'There is no snapshot "{name}". {instead}'
