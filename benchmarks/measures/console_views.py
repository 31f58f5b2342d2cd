"""The console on a world with many objects: how long a view takes, from the press that leads there to its rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from statistics import median

from benchmarks import servers
from benchmarks.figures import Figure
from benchmarks.promises import LOOKED_AT, SCALE, look
from tests.chromium import chromium

REPEATS = 5

# A view is there once it is no longer busy: what the browser has yet to paint then is in the next frame.
_LOOK = """async ([world, to, away]) => {
  const main = document.getElementById('main');
  const frame = () => new Promise(requestAnimationFrame);
  const go = async (view) => {
    location.hash = `#/${world}/${view}`;
    const name = view.split('?')[0];
    while (!main.querySelector(`.in-${name}`) || main.hasAttribute('aria-busy')) await frame();
    await frame();
  };
  await go(away);
  const begun = performance.now();
  await go(to);
  return [performance.now() - begun, main.querySelectorAll('tbody tr').length];
}"""


def explain_missing() -> str | None:
    """Return why it cannot be measured; None where it can."""
    return None if shutil.which("chromium") else "Chromium is not installed"


def measure(rounds: int) -> Iterator[Figure]:
    """Yield each round's median of the ms that a view of many objects takes; ServerError where it has no rows."""
    with servers.run_mock("--scale", f"packs={SCALE}", "--scale", f"roles={SCALE}") as url, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{url}/_mock/#/default/worlds")
        page.locator("main:not([aria-busy]) section").first.wait_for()
        for name, view in LOOKED_AT.items():
            taken = []
            for _ in range(rounds):
                looks = [page.evaluate(_LOOK, ["default", view, "worlds"]) for _ in range(REPEATS)]
                if not all(rows for _, rows in looks):
                    raise servers.ServerError(f"the view {view} of the console has no rows")
                taken.append(median(ms for ms, _ in looks))
            yield Figure(look(name), "ms", tuple(taken))
