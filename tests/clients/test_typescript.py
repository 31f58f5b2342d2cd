"""The package for front ends: its types are those of the contract, and a project needs no more than the mock serves."""

import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server.resources.workspaces.life.table import STEPS
from tests import plain
from tests.clients.node import PLAIN, npx
from tests.live import served_mock
from tests.openapi import DOCUMENT, OPERATIONS
from tests.repo.running import run
from tests.repo.sources import ROOT

PACKAGE = ROOT / "clients" / "typescript"
ABOUT: dict[str, Any] = json.loads((PACKAGE / "package.json").read_bytes())
ENTRIES = [name.removeprefix(".") for name in ABOUT["exports"] if name != "./package.json"]
README = (PACKAGE / "README.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.needs_node


def generated(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What the generator of types says in a folder, on both streams."""
    command = ["node", "generate.js", *options]
    return subprocess.run(
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=400, check=False
    )


def test_its_types_are_those_of_the_contracts_and_are_made_without_a_warning() -> None:
    done = generated(PACKAGE)
    assert (done.returncode, done.stdout) == (0, "")
    types = (PACKAGE / "src/generated/api.ts").read_text(encoding="utf-8")
    assert {name for name in OPERATIONS if f'"{name}": {{' not in types} == set()


def test_each_event_of_a_step_of_the_mock_has_its_type() -> None:
    """The contract lists the types of events that no operation writes in its examples alone."""
    types = (PACKAGE / "src/generated/api.ts").read_text(encoding="utf-8")
    [listed] = re.findall(r"^ +ActivityType: (.+);$", types, re.MULTILINE)
    assert {f'"{step.event}"' for step in STEPS if step.event is not None} == set(listed.split(" | ")) - {
        '"task_cancel_requested"'  # an operation alone writes it
    }


def test_types_that_are_out_of_date_are_told_and_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "clients" / "typescript"
    (folder / "src/generated").mkdir(parents=True)
    (tmp_path / "mock_server/control").mkdir(parents=True)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copy(PACKAGE / "generate.js", folder)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    for path in ("openapi.yaml", "mock_server/control/control.yaml"):
        document = {"openapi": "3.0.3", "info": {"title": path, "version": "1"}, "paths": {}}
        (tmp_path / path).write_text(yaml.safe_dump(document), encoding="utf-8")
    stale = generated(folder)
    assert stale.returncode == 1
    assert stale.stdout.count("is not what the contract says: npm run generate") == 2
    assert generated(folder, "--write").returncode == 0
    assert (generated(folder).returncode, generated(folder).stdout) == (0, "")


def test_its_version_is_that_of_the_contract() -> None:
    assert ABOUT["version"] == DOCUMENT["info"]["version"]


def test_package_and_examples_are_well_typed() -> None:
    assert npx(ROOT, "tsc") == ""


BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
PROGRAMS = [text for language, text in BLOCKS if language == "ts"]
INSTALLING, PACKING = [text for language, text in BLOCKS if language == "sh"]
PEERS = [*ABOUT["peerDependencies"], "@types/node"]
PROGRAM = """
import { readFileSync } from 'node:fs'
import { createEvershellClient, unwrap, type Pack } from '@evershell/client'
import { startMock, World } from '@evershell/client/mock'

const mock = await startMock()
const world: World = await mock.freshWorld('tarball')
const owner = createEvershellClient({ baseUrl: world.url, token: await world.token('acme-owner') })
const packs: Pack[] = (await unwrap(owner.GET('/packs'))).packs
await world.verify({ operation_id: 'packs.list', status: 200, times: { min: 1, max: 1 } })
await world.delete()
await mock.stop()
const entries: string[] = JSON.parse(readFileSync('entries.json', 'utf8'))
const offered = await Promise.all(entries.map(async (name) => [name, Object.keys(await import(name)).length > 0]))
console.log(JSON.stringify({ packs: packs.length, offered: Object.fromEntries(offered) }))
"""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served_mock() as url:
        yield url


def members(tarball: bytes) -> dict[str, bytes]:
    """What each file of a tarball holds."""
    with tarfile.open(fileobj=BytesIO(tarball)) as archive:
        return {entry.name: content.read() for entry in archive if (content := archive.extractfile(entry))}


def test_the_mock_serves_what_npm_makes_of_the_sources(origin: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """`make client` packs it anew."""
    clone = tmp_path_factory.mktemp("clone")
    for name in ("tsconfig.json", "node_modules"):
        (clone / name).symlink_to(ROOT / name)
    unbuilt = shutil.ignore_patterns("dist", "node_modules", "tests")
    shutil.copytree(PACKAGE, clone / "clients" / "typescript", ignore=unbuilt)
    run(["bash", "-ec", PACKING], clone, {**os.environ, **PLAIN})
    [tarball] = clone.glob("clients/typescript/*.tgz")
    assert f"evershell-client-{ABOUT['version']}.tgz" == tarball.name
    assert f"`{tarball.name}`" in README
    packed, served = members(tarball.read_bytes()), members(plain.get(f"{origin}/_mock/client.tgz").content)
    assert {name for name in packed | served if packed.get(name) != served.get(name)} == set(), "run: make client"


@pytest.fixture(scope="module")
def project(origin: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has the package installed, as the README says, and of the tools that it adds to a link."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
    npm = {"npm_config_prefer_offline": "true", "npm_config_audit": "false", "npm_config_fund": "false"}
    install = INSTALLING.replace("http://127.0.0.1:4010", origin)
    run(["bash", "-ec", install], folder, {**os.environ, **PLAIN, **npm})
    for name in PEERS:
        link = folder / "node_modules" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(ROOT / "node_modules" / name)
    return folder


def test_what_the_mock_serves_is_all_that_a_project_needs(project: Path) -> None:
    """Each entry point has types and can be imported, what the README shows compiles, and a client asks a mock."""
    imported = [f"import * as e{at} from '@evershell/client{name}'\nvoid e{at}\n" for at, name in enumerate(ENTRIES)]
    texts = {"program.ts": PROGRAM, "typed.ts": "".join(imported)}
    texts |= {f"shown{number}.ts": text for number, text in enumerate(PROGRAMS)}
    assert len(PROGRAMS) == 6
    for name, text in texts.items():
        (project / name).write_text(text, encoding="utf-8")
    strict = ["--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext", "--types", "node"]
    npx(project, "tsc", *strict, *texts)
    outside = [f"@evershell/client{name}" for name in ENTRIES if name != "/vitest"]  # it is in tests of Vitest alone
    (project / "entries.json").write_text(json.dumps(outside), encoding="utf-8")
    said = json.loads(run(["node", "program.js"], project, {**os.environ, **PLAIN}).splitlines()[-1])
    assert said == {"packs": said["packs"], "offered": dict.fromkeys(outside, True)}
    assert said["packs"] > 0


KEEPING = "provide: { keepWorld: 'on-failure' }"
PLAYWRIGHT = """
import { defineConfig } from '@playwright/test'
import type { MockOptions } from '@evershell/client/playwright'

export default defineConfig<MockOptions>({
  testMatch: 'kept.spec.ts',
  globalSetup: './setup.ts',
  reporter: [['list'], ['json', { outputFile: 'report.json' }]],
  use: { keepWorld: 'on-failure' },
})
"""
KEPT = """
import { unwrap } from '@evershell/client'
import { test } from '@evershell/client/playwright'
import { expect } from '@playwright/test'

for (const visibility of ['org', 'community'] as const) {
  test(visibility, async ({ world }) => {
    const owner = await world.client('acme-owner')
    const pack = await unwrap(owner.GET('/packs/{id}', { params: { path: { id: 'pack_acme_pager' } } }))
    expect(pack.visibility).toBe(visibility)
  })
}
"""


def test_what_its_readme_shows_of_vitest_passes(project: Path) -> None:
    [shown] = [text for text in PROGRAMS if "@evershell/client/vitest" in text]
    (project / "shown.test.ts").write_text(shown, encoding="utf-8")
    settings = "export default { test: { testTimeout: 60_000, globalSetup: '@evershell/client/vitest/setup' } }\n"
    (project / "vitest.config.js").write_text(settings, encoding="utf-8")
    assert "globalSetup: '@evershell/client/vitest/setup'" in README
    assert "1 passed" in npx(project, "vitest", "run")
    wrong = shown.replace("'billing_inactive'", "'nothing'")
    (project / "shown.test.ts").write_text(wrong, encoding="utf-8")
    assert KEEPING in README
    (project / "vitest.config.js").write_text(settings.replace("test: {", f"test: {{ {KEEPING},"), encoding="utf-8")
    with served_mock() as url:
        with pytest.raises(AssertionError) as failed:
            npx(project, "vitest", "run", EVERSHELL_MOCK_URL=url)
        assert_kept(url, str(failed.value))
    with pytest.raises(AssertionError) as failed:
        npx(project, "vitest", "run")
    requests = r"Requests in the world of .*\n.*PATCH /v1/packs/pack_acme_pager → 423"
    ended = r"The mock of this run ends, and an-unpaid-bill-is-told-\w+ with it\."
    assert re.search(rf"{requests}(?s:.*){ended}", str(failed.value))


def assert_kept(url: str, said: str) -> None:
    """Check that one world is left, that its link is told, and that what happened there can still be seen."""
    [name] = {world["name"] for world in plain.get(f"{url}/_mock/worlds").json()["worlds"]} - {"default"}
    assert f"Its world stays while the mock runs: {url}/_mock/#/{name}/journal" in said
    assert plain.get(f"{url}/_mock/worlds/{name}/journal").json()["entries"] != []


def test_the_world_of_a_test_of_playwright_that_failed_stays_where_that_is_asked_for(project: Path) -> None:
    """And only of one that failed. None of these tests begins a browser."""
    (project / "playwright.config.ts").write_text(PLAYWRIGHT, encoding="utf-8")
    (project / "setup.ts").write_text(
        "export { default } from '@evershell/client/playwright/setup'\n", encoding="utf-8"
    )
    (project / "kept.spec.ts").write_text(KEPT, encoding="utf-8")
    with served_mock() as url:
        with pytest.raises(AssertionError) as failed:
            npx(project, "playwright", "test", EVERSHELL_MOCK_URL=url)
        assert_kept(url, str(failed.value))
    report = json.loads((project / "report.json").read_bytes())
    annotations = [each for spec in report["suites"][0]["specs"] for each in spec["tests"][0]["annotations"]]
    assert [(each["type"], each["description"].partition("/_mock/")[0]) for each in annotations] == [("console", url)]


def test_its_readme_names_every_entry_point_and_no_other() -> None:
    table = README.partition("\n## What is in it\n")[2]
    named = {
        word
        for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)
        for word in re.findall(r"`(?:@evershell/client)?(/[a-z/]+)?`", row)
    }
    assert named == set(ENTRIES)
