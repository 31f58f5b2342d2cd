"""Build the site: python -m tools.site."""

import subprocess
import sys

from tools.site.build import build

if __name__ == "__main__":
    try:
        print(f"{build()}/index.html")  # noqa: T201  # a command prints
    except LookupError as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
