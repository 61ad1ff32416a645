"""The GitHub provider's plugin: how it is built, and how it is pointed at the local GitHub."""

from __future__ import annotations

from pathlib import Path

from sandbox.engine.gotool import GoTool
from sandbox.github.seed import OWNER
from sandbox.github.tokens import TOKEN_FILE

VERSION = "6.15.0"
"""The release of `pulumi_github` that it answers for; `main.go` says the same."""


def tool() -> GoTool:
    """How the plugin is built from Go modules."""
    return GoTool(
        name="pulumi-resource-github",
        version=VERSION,
        module=Path(__file__).parent / "provider",
        package=".",
        ldflags="-s -w",
        estimate="about two minutes",
    )


def environment(url: str, state: Path) -> dict[str, str]:
    """What a process needs to reach the local GitHub as the organization's owner.

    The Terraform provider, the plugin around it and `hubguard.github` read the same variables. No
    `GITHUB_OWNER` is among them: it would overrule the stack's own `github:owner`.

    Args:
        url: scheme, host and port, as `http://127.0.0.1:PORT`.
        state: the local GitHub's state directory, once it runs.
    """
    return {
        "GITHUB_BASE_URL": f"{url.rstrip('/')}/",
        "GITHUB_TOKEN": (state / TOKEN_FILE).read_text().strip(),
    }


CONFIGURATION = {"github:owner": OWNER, "github:writeDelayMs": "0"}
"""Stack configuration for the sandbox: without the delay, every write waits a second for GitHub's sake."""
