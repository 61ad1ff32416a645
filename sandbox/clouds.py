"""The three local clouds: how each is started, asked, and where its data lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox import paths


@dataclass(frozen=True)
class Cloud:
    """One local cloud.

    Attributes:
        name: short name, also of its module under `sandbox` and of its directories.
        title: what a person calls it.
        health: path that answers 200 once it serves.
    """

    name: str
    title: str
    health: str

    @property
    def state(self) -> Path:
        """The directory that the cloud itself writes: its data, its generation, its token."""
        return paths.home() / self.name

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return paths.home() / "logs" / f"{self.name}.log"

    @property
    def lock(self) -> Path:
        """Held by the running cloud and by nobody else; holds its process id."""
        return paths.home() / "run" / f"{self.name}.pid"


AWS = Cloud("aws", "local AWS", "/_ministack/health")
GITHUB = Cloud("github", "local GitHub", "/_sandbox/health")
HUB = Cloud("hub", "local Hub", "/_sandbox/health")
ALL = (AWS, GITHUB, HUB)
