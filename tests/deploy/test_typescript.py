"""The client for front ends on several nodes: it joins their worlds, and says what was lost of one."""

import json
import signal
import subprocess

import pytest

from tests.deploy.front import Front
from tests.repo.sources import ROOT

pytestmark = [pytest.mark.needs_haproxy, pytest.mark.needs_node]

PROGRAM = """
import { createInterface } from 'node:readline'
import { Mock } from '@evershell/client/world'

const say = (told) => console.log(JSON.stringify(told))
const mock = new Mock(process.argv[1])
const worlds = []
let nodes = new Map()
while (new Set(worlds.map(({ name }) => nodes.get(name))).size < 2) {
  // The name of a fresh world is drawn, and so is its node.
  worlds.push(await mock.freshWorld('hit'))
  nodes = new Map((await mock.worlds()).map(({ name, node }) => [name, node]))
}
say(await mock.nodes())
for await (const _ of createInterface({ input: process.stdin })) break
say(await Promise.all(worlds.map(async (world) => [nodes.get(world.name), (await world.lost()) ?? null])))
process.exit()
"""


def test_whoever_is_hit_by_a_kill_is_told(behind: Front) -> None:
    command = ["node", "--input-type=module", "--eval", PROGRAM, behind.origin]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert json.loads(program.stdout.readline()) == ["n1", "n2"]
        behind.restart("n1", signal.SIGKILL)
        said, _ = program.communicate("go on\n", timeout=60)
    lost: list[tuple[str, str | None]] = json.loads(said)
    assert {node for node, _ in lost} == {"n1", "n2"}
    for node, text in lost:
        assert ("node n1 was lost" in text) if node == "n1" and text else text is None and node == "n2"
