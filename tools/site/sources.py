"""Which documents of the repository are pages of the site, and where each stands there."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

DOCUMENTS = {
    "docs/index.md": "index.md",
    "README.md": "start.md",
    "docs/mock.md": "mock.md",
    "docs/recipes.md": "recipes.md",
    "clients/typescript/README.md": "client.md",
    "examples/console_app/README.md": "front-end.md",
    "docs/coding-agents.md": "coding-agents.md",
    "docs/part-real.md": "part-real.md",
    "docs/any-contract.md": "any-contract.md",
    "docs/settings.md": "settings.md",
    "docs/sharing.md": "sharing.md",
    "docs/scale.md": "scale.md",
    "docs/life-cycles.md": "life-cycles.md",
    "docs/suite.md": "suite.md",
    "docs/seedable.md": "seedable.md",
    "docs/pipelines.md": "pipelines.md",
    "docs/shared-server.md": "shared-server.md",
    "docs/schemathesis.md": "schemathesis.md",
    "docs/own-rules.md": "own-rules.md",
    "docs/conventions.md": "conventions.md",
    "docs/traffic.md": "traffic.md",
    "docs/load.md": "load.md",
    "docs/contract-changes.md": "contract-changes.md",
    "docs/vocabulary.md": "vocabulary.md",
    "docs/judging-power.md": "judging-power.md",
    "docs/performance.md": "performance.md",
    "docs/reliability.md": "reliability.md",
    "docs/which-tool.md": "which-tool.md",
    "examples/tools/README.md": "plain-tools.md",
    "examples/arazzo/README.md": "workflows.md",
    "examples/second_server/README.md": "second-server.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
}
"""By path in the repository, the page."""

NAVIGATION: dict[str, tuple[str, ...]] = {
    "Start": ("index.md", "start.md", "which-tool.md"),
    "The mock": (
        "mock.md",
        "recipes.md",
        "client.md",
        "front-end.md",
        "coding-agents.md",
        "part-real.md",
        "any-contract.md",
        "settings.md",
        "sharing.md",
        "scale.md",
        "life-cycles.md",
    ),
    "The suite": (
        "suite.md",
        "seedable.md",
        "pipelines.md",
        "shared-server.md",
        "schemathesis.md",
        "own-rules.md",
        "conventions.md",
        "traffic.md",
        "load.md",
        "contract-changes.md",
    ),
    "The contract": ("vocabulary.md", "workflows.md"),
    "How good it is": ("judging-power.md", "performance.md", "reliability.md", "plain-tools.md"),
    "More": ("second-server.md", "architecture.md", "contributing.md", "security.md", "changelog.md"),
}
"""By heading, the pages; those that are made of the contract are added to its own."""
