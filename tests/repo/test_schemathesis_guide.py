"""The examples in the guide on Schemathesis run as they stand, one after the other."""

import re
import subprocess
import sys
from textwrap import dedent

from tests.repo.sources import ROOT

BLOCK = re.compile(r"^ *```python\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def test_what_is_said_to_be_missing_is_missing() -> None:
    blocks = [dedent(each) for each in BLOCK.findall((ROOT / "docs/schemathesis.md").read_text(encoding="utf-8"))]
    assert len(blocks) == 6
    program = "\n".join(blocks)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
