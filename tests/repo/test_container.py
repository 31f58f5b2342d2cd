"""The steps of the Containerfile, run in an empty tree: no image is built here, where nothing builds one."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.repo.sources import ROOT, tracked

LARGEST = 100 * 1000 * 1000
"""What our own layers may come to, in bytes."""


def instructions() -> Iterator[tuple[str, str]]:
    """Each instruction of the Containerfile with its arguments, one a line."""
    for line in (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, arguments = line.partition(" ")
            yield name, arguments


def ignored(path: Path) -> bool:
    """Whether .dockerignore, which lets nothing through but what it names, keeps a file of the repository out."""
    kept = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    return path.relative_to(ROOT).parts[0] not in kept


@dataclass
class Tree:
    """An empty tree in which the steps run. Paths of the image, /src and /opt, lie below it."""

    folder: Path
    environment: dict[str, str]
    stages: dict[str, Path] = field(default_factory=dict)
    stage: str = ""
    workdir: str = "/"
    other: dict[str, str] = field(default_factory=dict)

    def here(self, text: str) -> str:
        """The text with its paths of the image led below the tree."""
        return re.sub(r"(?<![\w.*])/(?=(src|opt)\b)", f"{self.folder}/", text)

    def take(self, name: str, arguments: str) -> None:
        getattr(self, f"take_{name.lower()}", lambda text: self.other.update({name: text}))(arguments)

    def take_from(self, arguments: str) -> None:
        """Begin a stage: what the one before made is put away, and only COPY --from brings it back."""
        if self.stage:
            away = self.folder.with_name(f"stage-{self.stage}")
            self.folder.rename(away)
            self.stages[self.stage] = away
        self.folder.mkdir()
        self.stage = arguments.partition(" AS ")[2] or "last"

    def take_env(self, arguments: str) -> None:
        name, _, value = arguments.partition("=")
        self.environment[name] = self.here(value).replace("$PATH", self.environment["PATH"])

    def take_workdir(self, arguments: str) -> None:
        self.workdir = self.here(arguments)
        Path(self.workdir).mkdir(parents=True)

    def take_copy(self, arguments: str) -> None:
        *sources, target = arguments.split()
        if sources[0].startswith("--from="):
            stage = self.stages[sources[0].removeprefix("--from=")]
            shutil.copytree(stage / sources[1].lstrip("/"), self.here(target), symlinks=True)
            return
        for source in sources:
            for path in tracked():
                if path.is_relative_to(ROOT / source) and not ignored(path):
                    copy = Path(self.workdir, "" if target == "./" else target, path.relative_to(ROOT / source))
                    copy = copy / source if path == ROOT / source else copy
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, copy)

    def take_run(self, arguments: str) -> None:
        done = subprocess.run(
            ["sh", "-c", self.here(arguments)],
            cwd=self.workdir,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}\n{done.stdout}"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The tree after the last step."""
    folder = tmp_path_factory.mktemp("image")
    binaries = folder / "bin"
    binaries.mkdir()
    (binaries / "python").symlink_to(getattr(sys, "_base_executable", sys.executable))
    registry = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTPS_"))}
    made = Tree(folder / "tree", registry | {"PATH": f"{binaries}:/usr/bin:/bin", "HOME": str(folder)})
    for name, arguments in instructions():
        made.take(name, arguments)
    return made


STEPS = pytest.mark.timeout(600)


@STEPS
def test_its_steps_run_in_an_empty_tree_and_leave_less_than_100_mb(tree: Tree) -> None:
    sizes = [path.stat().st_size for path in tree.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(sizes) < LARGEST
    assert not {"pip", "pytest", "schemathesis"} & {path.name for path in tree.folder.rglob("site-packages/*")}


@STEPS
def test_what_its_steps_leave_serves_and_is_healthy(tree: Tree) -> None:
    """By the entry point and the health check of the file, on a free port of loopback."""
    entry = [part.replace("0.0.0.0", "127.0.0.1") for part in json.loads(tree.other["ENTRYPOINT"])]  # noqa: S104 - the file's own
    check = json.loads(tree.other["HEALTHCHECK"].partition("CMD ")[2])
    assert "4010" in check[-1]
    environment = tree.environment | {"EVERSHELL_MOCK_CONTROL_TOKEN": "choose-one"}
    with subprocess.Popen(
        [*entry, "--port", "0"], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as mock:
        assert mock.stdout is not None
        port = next(found[1] for line in mock.stdout if (found := re.search(r"http://127\.0\.0\.1:(\d+)", line)))
        healthy = subprocess.run([*check[:-1], check[-1].replace("4010", port)], env=environment, check=False)
        mock.send_signal(getattr(signal, tree.other.get("STOPSIGNAL", "SIGTERM")))
        mock.stdout.read()
    stopped = subprocess.run(
        [*check[:-1], check[-1].replace("4010", port)], env=environment, capture_output=True, check=False
    )
    assert (healthy.returncode, stopped.returncode) == (0, 1)


@STEPS
def test_beyond_loopback_it_asks_for_a_control_token(tree: Tree) -> None:
    entry = json.loads(tree.other["ENTRYPOINT"])
    done = subprocess.run([*entry, "--port", "0"], env=tree.environment, text=True, capture_output=True, check=False)
    assert done.returncode == 2
    assert "--control-token" in done.stderr


def test_it_is_built_in_stages_and_runs_as_nobody() -> None:
    found = list(instructions())
    assert [name for name, _ in found].count("FROM") == 2
    assert [arguments for name, arguments in found if name == "USER"] == ["65534:65534"]


def test_compose_builds_it_and_opens_the_port_to_this_machine_alone() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["mock"]
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert service["ports"] == ["127.0.0.1:4010:4010"]
    assert [arguments for name, arguments in instructions() if name == "EXPOSE"] == ["4010"]
    assert list(service["environment"]) == ["EVERSHELL_MOCK_CONTROL_TOKEN"]
