"""The real browser of the tests: Debian's Chromium, without a window and without business of its own on the network."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def chromium(*options: str) -> Iterator[Browser]:
    """A browser until the end of the block.

    Its driver runs an event loop in this thread: nothing else can run one meanwhile, so no fixture keeps
    it beyond a module.
    """
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium has no sandbox for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*OPTIONS, *sandbox, *options], timeout=120_000
        )
        yield browser
        browser.close()
