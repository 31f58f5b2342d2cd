"""Who may import whom: the two packages never each other, and within each one only downwards."""

import pytest

from tests.repo.sources import PACKAGES, modules


@pytest.mark.parametrize(("package", "other"), [PACKAGES, PACKAGES[::-1]])
def test_neither_package_knows_the_other(package: str, other: str) -> None:
    strangers = [
        f"{module.path.name}:{line} {name}"
        for module in modules(package)
        for line, name in module.imports()
        if name.split(".")[0] in {other, "tests", "benchmarks"}
    ]
    assert strangers == []
