"""The action, the component, the Jenkinsfile and the hooks: valid by their systems' schemas, and their steps executed.

Each is executed in a fresh folder, with the environment that its system sets.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.examples.second import IN_PROFILE, PROFILE, serving, sessions
from tests.live import served_mock
from tests.repo.console import PATH
from tests.repo.sources import ROOT
from tests.repositories import ALL_BRANCHES, checkout, commit, pull_request, repository

BINARIES = Path(sys.executable).parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
COMPONENT = ROOT / "templates/conformance.yml"
SPEC, JOBS = yaml.safe_load_all(COMPONENT.read_text(encoding="utf-8"))
JENKINS = (ROOT / "examples/ci/Jenkinsfile").read_text(encoding="utf-8")
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}
PAGE = (ROOT / "docs/pipelines.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
MOST_COPIED = 7
HERE = {
    # What pip would fetch is there already: in the environment of the tests.
    "PYTHONPATH": sysconfig.get_path("purelib"),
    "PIP_NO_INDEX": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # by which pip means that it does not isolate
    "PATH": PATH,
}
INSTALLED, FROM_HERE = "evershell-contract[suite]", f"{ROOT}[suite]"
FEW = "--clause session --seed 7"


def executed(shell: list[str], script: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_", "PYTEST"))}
    done = subprocess.run(
        [*shell, script],
        cwd=folder,
        env={**kept, **HERE, "XDG_STATE_HOME": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=200,
        check=False,
    )
    return done.returncode, done.stdout


def checked(schema: str, file: Path) -> None:
    """Judge a file by a schema that check-jsonschema brings."""
    command = [BINARIES / "check-jsonschema", "--builtin-schema", schema, "--data-transform", "gitlab-ci", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def outputs(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())


class Runner:
    """A job on GitHub in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.workspace, self.temporary = folder / "workspace", folder / "temporary"
        for made in (self.workspace, self.temporary):
            made.mkdir()
        self.installed = False
        self.set = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temporary),
        }

    def uses(self, inputs: Mapping[str, str], **environment: str) -> tuple[int, str]:
        """Execute the action's steps, each where its condition holds; the first exit code of a failure, and the output.

        The suite is installed once for all jobs of the runner.
        """
        given = {name: str(declared["default"]) for name, declared in ACTION["inputs"].items()} | dict(inputs)
        ended: dict[str, int] = {}
        said = ""
        for step in ACTION["runs"]["steps"]:
            name = step.get("id", "install")
            if not holds(step.get("if", "success()"), given, ended) or (name == "install" and self.installed):
                continue
            own = {variable: evaluated(value, given) for variable, value in step["env"].items()}
            shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
            ended[name], printed = executed(shell, step["run"], self.workspace, {**self.set, **own, **environment})
            self.installed = self.installed or name == "install"
            said += printed
        return next(filter(None, ended.values()), 0), said


def holds(condition: str, given: Mapping[str, str], ended: Mapping[str, int]) -> bool:
    """Whether a step's condition holds, in the few forms that the action has; without one nothing may have failed."""
    failed = any(ended.values())
    if named := re.fullmatch(r"inputs\.([\w-]+) != ''", condition):
        return bool(given[named[1]]) and not failed
    if named := re.fullmatch(r"success\(\) \|\| steps\.(\w+)\.outcome == 'failure'", condition):
        return not failed or bool(ended.get(named[1]))
    assert condition == "success()"
    return not failed


def evaluated(text: str, given: Mapping[str, str]) -> str:
    """An expression of inputs, as GitHub evaluates it."""
    (names,) = re.findall(r"^\$\{\{ ((?:inputs\.[\w-]+(?: \|\| )?)+) \}\}$", text)
    values = [given[name.removeprefix("inputs.")] for name in names.split(" || ")]
    return next((value for value in values if value), "")


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner(tmp_path_factory.mktemp("github"))


@contextmanager
def profiled(folder: Path) -> Iterator[str]:
    """A server beside the suite, by its profile; the profile's name in the folder."""
    with serving("--defect", "private-pack-is-forbidden") as origin:
        text = PROFILE.read_text(encoding="utf-8").replace(IN_PROFILE, origin)
        (folder / "staging.toml").write_text(text, encoding="utf-8")
        yield "staging.toml"


def test_the_action_is_valid() -> None:
    checked("vendor.github-actions", ROOT / "action.yml")


@pytest.mark.parametrize("document", [SPEC, JOBS], ids=["header", "jobs"])
def test_the_component_is_valid(document: dict[str, Any], tmp_path: Path) -> None:
    """Both documents of its file are judged, each by itself."""
    file = tmp_path / "part.yml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    checked("vendor.gitlab-ci", file)


def test_the_hooks_are_valid() -> None:
    done = subprocess.run([BINARIES / "pre-commit", "validate-manifest", MANIFEST], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_action_passes_on_what_conforms(runner: Runner) -> None:
    """From an empty runner: it installs the suite from its own folder, and uses that."""
    code, said = runner.uses({"budget": "quick", "arguments": FEW})
    assert code == 0, said
    told = outputs(Path(runner.set["GITHUB_OUTPUT"]))
    assert (told["verdict"], told["exit-code"]) == ("passed", "0")
    assert set(told) == set(ACTION["outputs"])
    assert all(Path(told[kind]).stat().st_size for kind in ("html", "json", "junit", "sarif"))
    assert json.loads(Path(told["json"]).read_text())["budget"] == "quick"
    assert "no violation found" in Path(runner.set["GITHUB_STEP_SUMMARY"]).read_text()
    assert list(runner.workspace.iterdir()) == []


def test_the_action_fails_and_annotates_where_a_promise_is_broken(runner: Runner) -> None:
    narrow = "--rule OWNERSHIP-PRIVATE-HIDDEN --operation packs.get --seed 1"
    with profiled(runner.workspace) as profile:
        code, said = runner.uses({"profile": profile, "arguments": narrow}, **sessions())
    assert code == 1, said
    assert any(line.startswith("::error file=openapi.yaml,line=") for line in said.splitlines())
    assert outputs(Path(runner.set["GITHUB_OUTPUT"]))["verdict"] == "failed"
    for secret in sessions().values():
        assert secret not in said


def test_no_input_of_the_action_becomes_a_command(runner: Runner) -> None:
    evil = '$(touch evil) "; touch evil; `touch evil`'
    code, said = runner.uses({"target": evil, "budget": "quick", "waivers": evil, "arguments": "--quiet; touch evil *"})
    assert code == 2, said
    assert not (runner.workspace / "evil").exists()
    told = outputs(Path(runner.set["GITHUB_OUTPUT"]))
    assert (told["verdict"], told["exit-code"]) == ("not_run", "2")


def test_each_output_of_the_action_is_set_by_its_step() -> None:
    for name, declared in ACTION["outputs"].items():
        assert declared["value"] == f"${{{{ steps.judge.outputs.{name} }}}}"
    assert [step.get("uses") for step in ACTION["runs"]["steps"]] == [None, None, None]  # it uploads nothing


CONTRACT = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
BROKEN = CONTRACT.replace("tier, visibility, owned]", "tier, visibility]")
BROKEN_FOR_SERVERS = CONTRACT.replace("tier, visibility, owned]", "tier, visibility, owned, category]")
REWORDED = CONTRACT.replace("summary: Get one pack", "summary: Read a pack")
CHANGED = "Pack.owned: is optional now"


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pull request that breaks a client; the last commit of its target branch, made meanwhile, breaks nobody."""
    folder = tmp_path_factory.mktemp("proposed") / "upstream"
    return pull_request(folder, {"openapi.yaml": CONTRACT}, {"openapi.yaml": BROKEN})


def test_the_action_compares_a_pull_request_with_its_merge_base(
    runner: Runner, proposed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And judges the target all the same; a clone of one commit is told what the action needs."""
    given = {"contract": "openapi.yaml", "budget": "quick", "arguments": FEW}
    merge = "refs/pull/1/merge"
    monkeypatch.setattr(runner, "workspace", checkout(proposed, tmp_path / "whole", merge, ALL_BRANCHES))
    code, said = runner.uses(given, GITHUB_BASE_REF="main")
    assert code == 1, said
    assert re.search(f"^::error file=openapi.yaml,line=[0-9]+,.*{CHANGED.partition(': ')[2]}", said, re.MULTILINE)
    assert outputs(Path(runner.set["GITHUB_OUTPUT"]))["verdict"] == "passed"
    monkeypatch.setattr(runner, "workspace", checkout(proposed, tmp_path / "shallow", merge, depth=1))
    code, said = runner.uses({**given, "target": "nowhere.toml"}, GITHUB_BASE_REF="main")
    assert (code, "fetch-depth: 0 of GitHub's checkout" in said) == (2, True), said


def test_the_action_compares_nothing_where_there_is_no_pull_request(
    runner: Runner, proposed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless a base is given; a branch with every commit is none."""
    workspace = checkout(proposed, tmp_path / "job", "refs/heads/change", ALL_BRANCHES)
    monkeypatch.setattr(runner, "workspace", workspace)
    given = {"contract": "openapi.yaml", "target": "nowhere.toml"}
    assert "::notice title=Contract::Not compared: this is no pull request" in runner.uses(given)[1]
    assert CHANGED in runner.uses({**given, "base": "main", "fail-on": "servers"})[1]
    code, said = runner.uses({**given, "base": "change"})
    assert (code, "nothing was compared" in said) == (4, True), said


def component(
    folder: Path, inputs: Mapping[str, str], *, job: str = "conformance", **environment: str
) -> tuple[int, str]:
    """Execute a job of the component with these inputs, as GitLab does."""
    declared = SPEC["spec"]["inputs"]
    given = {name: str(each.get("default", "")) for name, each in declared.items()} | dict(inputs)
    text = re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: json.dumps(given[found[1]]), yaml.safe_dump(JOBS))
    made = yaml.safe_load(text)[job]
    variables = {"CI": "true", "GITLAB_CI": "true", "CI_PROJECT_DIR": str(folder), **made["variables"], **environment}
    return executed(["bash", "-eo", "pipefail", "-c"], "\n".join(made["script"]), folder, variables)


def test_the_component_passes_on_what_conforms(tmp_path: Path) -> None:
    code, said = component(tmp_path, {"suite": INSTALLED, "budget": "quick", "arguments": FEW})
    assert code == 0, said
    kept = JOBS["conformance"]["artifacts"]
    assert json.loads((tmp_path / kept["reports"]["codequality"]).read_text()) == []
    assert all((tmp_path / name).stat().st_size for name in (kept["reports"]["junit"], *kept["paths"]))


def test_the_component_fails_where_a_promise_is_broken(tmp_path: Path) -> None:
    with profiled(tmp_path) as profile:
        narrow = "--rule OWNERSHIP-PRIVATE-HIDDEN --operation packs.get --seed 1"
        given = {"suite": INSTALLED, "target": profile, "arguments": narrow}
        code, said = component(tmp_path, given, **sessions())
    assert code == 1, said
    entries = json.loads((tmp_path / JOBS["conformance"]["artifacts"]["reports"]["codequality"]).read_text())
    assert "OWNERSHIP-PRIVATE-HIDDEN" in {entry["check_name"] for entry in entries if entry["severity"] == "critical"}


def test_the_component_compares_a_merge_request_with_its_merge_base(proposed: Path, tmp_path: Path) -> None:
    """GitLab has fetched its branch alone, with its history: the target branch is fetched by the job."""
    assert JOBS["contract"]["variables"]["GIT_DEPTH"] == "0"
    clone = checkout(proposed, tmp_path / "job", "refs/heads/change")
    given = {"suite": INSTALLED, "contract": "openapi.yaml"}
    code, said = component(clone, given, job="contract", CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    assert (code, CHANGED in said) == (1, True), said
    kept = JOBS["contract"]["artifacts"]["reports"]
    (entry,) = json.loads((clone / kept["codequality"]).read_text())
    assert (entry["check_name"], entry["severity"]) == ("answer-field-optional", "critical")
    assert (clone / kept["junit"]).stat().st_size
    narrowed = component(clone, {**given, "base": "main", "fail-on": "servers"}, job="contract")
    assert narrowed[0] == 0, narrowed[1]


def test_the_component_needs_a_suite_and_gives_every_input_a_meaning() -> None:
    declared = SPEC["spec"]["inputs"]
    assert [name for name, each in declared.items() if "default" not in each] == ["suite"]
    used = set(re.findall(r"\$\[\[ inputs\.([\w-]+) \]\]", COMPONENT.read_text(encoding="utf-8")))
    assert used == set(declared)


def jenkins(text: str) -> list[str]:
    """The shell scripts of a pipeline on Jenkins; the suite is asked for a few rules."""
    scripts = re.findall(r"^ *sh '''\n(.*?)^ *'''", text, re.MULTILINE | re.DOTALL)
    return [re.sub(r'(evershell-conformance"?) run', rf"\1 run {FEW}", script) for script in scripts]


def on_jenkins(scripts: list[str], folder: Path, **environment: str) -> tuple[int, str]:
    """Execute scripts as Jenkins does, which shows each command, until one fails."""
    workspace = {"WORKSPACE": str(folder / "job"), "WORKSPACE_TMP": str(folder / "job@tmp"), "BUILD_NUMBER": "41"}
    (folder / "job").mkdir(exist_ok=True)
    code, said = 0, ""
    for script in scripts:
        code, printed = executed(["sh", "-xec"], script, folder / "job", {**workspace, **environment})
        said += printed
        if code:
            break
    return code, said


def test_the_jenkinsfile_compares_and_judges(proposed: Path, tmp_path: Path) -> None:
    """Where a change breaks somebody it ends there; where none does, the target is judged."""
    settings = dict(re.findall(r"^ *([A-Z]+) = '(.*)'$", JENKINS, re.MULTILINE))
    assert set(settings) == {"TARGET", "BUDGET", "SUITE"}
    clone = checkout(proposed, tmp_path / "job", "refs/heads/change", ALL_BRANCHES)
    with served_mock() as origin:
        changed = {"TARGET": f"{origin}/v1", "BUDGET": "quick", "SUITE": FROM_HERE, "CHANGE_TARGET": "main"}
        code, said = on_jenkins(jenkins(JENKINS), tmp_path, **{**settings, **changed})
        assert (code, CHANGED in said) == (1, True), said
        commit(clone, {"openapi.yaml": REWORDED})
        code, said = on_jenkins(jenkins(JENKINS)[1:], tmp_path, **{**settings, **changed})
    assert code == 0, said
    for name in re.findall(r"'([\w., ]+\.(?:xml|html|sarif))'", JENKINS):
        assert all((tmp_path / "job" / each).stat().st_size for each in name.split(", "))


def hooked(name: str, folder: Path, changed: str) -> tuple[int, str]:
    """Execute a hook as pre-commit does where a file has changed."""
    hook = HOOKS[name]
    if not re.search(hook["files"], changed):
        return 0, "no file of the hook has changed"
    words = [*hook["entry"].split(), *hook.get("args", ())]
    files = [changed] if hook.get("pass_filenames", True) else []
    return executed(["bash", "-c"], shlex.join([*words, *files]), folder, {})


def test_the_hooks_pass_on_a_contract_that_is_right(tmp_path: Path) -> None:
    contract = repository(tmp_path, {"openapi.yaml": CONTRACT}) / "openapi.yaml"
    contract.write_text(REWORDED, encoding="utf-8")
    assert [hooked(name, tmp_path, "openapi.yaml")[0] for name in HOOKS] == [0, 0]


def test_a_hook_that_has_nothing_to_compare_is_no_success(tmp_path: Path) -> None:
    """As with `pre-commit run --all-files` in CI, where everything is committed."""
    code, said = hooked("evershell-contract-diff", repository(tmp_path, {"openapi.yaml": CONTRACT}), "openapi.yaml")
    assert (code, "compare with the merge base of the target branch" in said) == (4, True), said


def test_the_hooks_refuse_a_contract_that_cannot_be_read_or_breaks_somebody(tmp_path: Path) -> None:
    contract = repository(tmp_path, {"openapi.yaml": CONTRACT}) / "openapi.yaml"
    for text in (BROKEN, BROKEN_FOR_SERVERS):
        contract.write_text(text, encoding="utf-8")
        assert [hooked(name, tmp_path, "openapi.yaml")[0] for name in HOOKS] == [0, 1]
    contract.write_text(CONTRACT.replace("operationId: packs.get\n", "operationId: packs.list\n"), encoding="utf-8")
    code, said = hooked("evershell-contract", tmp_path, "openapi.yaml")
    assert code == 2
    assert "operationId packs.list is given twice" in said


# The page


def test_what_is_to_be_copied_is_short_and_fits() -> None:
    workflow, pipeline, hooks = (yaml.safe_load(block) for kind, block in BLOCKS if kind == "yaml")
    assert max(block.count("\n") for kind, block in BLOCKS if kind in ("yaml", "groovy")) <= MOST_COPIED
    assert set(workflow["steps"][-1]["with"]) <= set(ACTION["inputs"])
    (included,) = pipeline["include"]
    assert included["component"].rpartition("/")[2].partition("@")[0] == COMPONENT.stem
    assert {"suite"} <= set(included["inputs"]) <= set(SPEC["spec"]["inputs"])
    assert [hook["id"] for hook in hooks["repos"][0]["hooks"]] == list(HOOKS)


def test_what_is_to_be_copied_is_valid(tmp_path: Path) -> None:
    workflow, pipeline, hooks = (block for kind, block in BLOCKS if kind == "yaml")
    job = {"runs-on": "ubuntu-latest", **yaml.safe_load(workflow)}
    (tmp_path / "workflow.yml").write_text(json.dumps({"on": "push", "jobs": {"conformance": job}}), encoding="utf-8")
    checked("vendor.github-workflows", tmp_path / "workflow.yml")
    (tmp_path / "pipeline.yml").write_text(pipeline, encoding="utf-8")
    checked("vendor.gitlab-ci", tmp_path / "pipeline.yml")
    (tmp_path / "hooks.yaml").write_text(hooks, encoding="utf-8")
    command = [BINARIES / "pre-commit", "validate-config", tmp_path / "hooks.yaml"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_stage_that_it_shows_for_jenkins_judges(tmp_path: Path) -> None:
    (block,) = (block for kind, block in BLOCKS if kind == "groovy")
    (script,) = jenkins(block)
    with served_mock() as origin:
        code, said = on_jenkins([script], tmp_path, TARGET=f"{origin}/v1", BUDGET="quick", SUITE=FROM_HERE)
    assert code == 0, said
    assert (tmp_path / "job/junit.xml").stat().st_size


@pytest.mark.parametrize("line", [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()])
def test_its_commands_succeed(line: str, tmp_path: Path) -> None:
    """In a clone as CI has it of a pull request that breaks nobody."""
    proposed = pull_request(tmp_path / "upstream", {"openapi.yaml": CONTRACT}, {"openapi.yaml": REWORDED})
    clone = checkout(proposed, tmp_path / "job", "refs/pull/1/merge", ALL_BRANCHES)
    code, said = executed(["bash", "-euo", "pipefail", "-c"], line, clone, {})
    assert code == 0, said
    assert all((clone / name).stat().st_size for name in re.findall(r"--report \w+=(\S+)", line))


def test_its_tables_are_complete() -> None:
    named = re.findall(r"^\| (`[^|]+) \|", PAGE, re.MULTILINE)
    rows = {name for cell in named for name in re.findall(r"`([\w-]+)`", cell)}
    assert set(ACTION["inputs"]) | set(ACTION["outputs"]) <= rows


def test_every_block_is_one_that_a_test_runs_or_reads() -> None:
    assert {kind for kind, _ in BLOCKS} == {"yaml", "groovy", "sh"}
    assert PAGE.count("\n") <= 120
