"""The site, assembled of the documents and of pages made of the contract, and built by Zensical."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tools.site import openapi31, operations, rules, schemas
from tools.site.document import contract
from tools.site.links import Links
from tools.site.sources import DOCUMENTS, NAVIGATION, ROOT

BUILD = ROOT / "build" / "site"


def build(folder: Path = BUILD) -> Path:
    """Build the site anew; its folder. CalledProcessError where a warning ends that, LookupError for a dead link."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = folder / "pages"
    pages.mkdir(parents=True)
    made = {rules.PAGE: rules.page(), schemas.PAGE: schemas.page(), **operations.pages()}
    links = Links(DOCUMENTS, lambda path: (ROOT / path).exists())
    for document, page in DOCUMENTS.items():
        made[page] = links.rewritten(document, (ROOT / document).read_text(encoding="utf-8"))
    for page, text in made.items():
        (pages / page).write_text(text, encoding="utf-8")
    as_31 = yaml.safe_dump(openapi31.to_openapi31(contract()), sort_keys=False, allow_unicode=True, width=120)
    (pages / openapi31.FILE).write_text(as_31, encoding="utf-8")
    for picture in links.pictures:
        shutil.copy(ROOT / picture, pages)
    shutil.copy(Path(__file__).with_name("site.css"), pages)
    configuration = folder / "zensical.yml"
    configuration.write_text(yaml.safe_dump(_configuration(made), sort_keys=False), encoding="utf-8")
    zensical = Path(sys.executable).with_name("zensical")
    subprocess.run([zensical, "build", "--strict", "--config-file", configuration], check=True)  # noqa: S603  # our own
    return folder / "html"


def _configuration(made: dict[str, str]) -> dict[str, Any]:
    of_the_contract = (*NAVIGATION["The contract"], *operations.names(), schemas.PAGE, rules.PAGE)
    navigation = NAVIGATION | {"The contract": of_the_contract}
    return {
        "site_name": "Evershell contract",
        "docs_dir": "pages",
        "site_dir": "html",
        "use_directory_urls": False,  # so that a page is a file
        "nav": [{heading: [{_title(made[page]): page} for page in pages]} for heading, pages in navigation.items()],
        "theme": {
            "variant": "modern",
            "font": False,  # those of the reader's system: nothing is fetched from elsewhere
            "features": ["navigation.indexes", "navigation.top", "search.highlight"],
            "palette": [
                {"media": "(prefers-color-scheme: light)", "scheme": "default"},
                {"media": "(prefers-color-scheme: dark)", "scheme": "slate"},
            ],
        },
        "extra_css": ["site.css"],
        "extra": {"generator": False},
        "plugins": ["search"],
        "markdown_extensions": [
            {"toc": {"permalink": True, "toc_depth": 3}},
            "tables",
            "attr_list",
            "md_in_html",
            "pymdownx.superfences",
            {"pymdownx.highlight": {"guess_lang": False}},
        ],
    }


def _title(text: str) -> str:
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"a page begins without a heading: {text[:60]!r}")
    return found[1]
