"""The configuration file that the engine reads for a stack, made from the committed one.

Pulumi writes a salt that belongs to the passphrase into `Pulumi.<stack>.yaml`. The sandbox's passphrase is
random for each checkout, so its salt must not get into a committed file. The engine therefore reads a
copy under the sandbox's home: the committed settings with the checkout's own salt.

Standard library only, and quick: the `pulumi` wrapper runs this at every call.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")

# How the stack keeps its secrets: what the sandbox replaces by its own passphrase.
_SECRETS_KEY = re.compile(r"(encryptionsalt|secretsprovider|encryptedkey)\s*:")
_SALT = re.compile(r"encryptionsalt\s*:\s*(\S+)")
_NAME = re.compile(r"name\s*:\s*[\"']?([^\s\"'#]+)")


@dataclass(frozen=True)
class StackFile:
    """The files of one stack.

    Attributes:
        home: the sandbox's own directory.
        project_file: the project's `Pulumi.yaml`.
        stack: the stack's plain name.
    """

    home: Path
    project_file: Path
    stack: str

    @property
    def project(self) -> str:
        """The project's name, as its file says."""
        for line in self.project_file.read_text(encoding="utf-8").splitlines():
            if found := _NAME.match(line):
                return found.group(1)
        return self.project_file.parent.name

    @property
    def committed(self) -> Path:
        """The file that people read and edit; it may not exist."""
        suffix = self.project_file.suffix
        return self.project_file.with_name(f"Pulumi.{self.stack}{suffix}")

    @property
    def derived(self) -> Path:
        """The file that the engine reads."""
        return self.home / "stacks" / self.project / f"Pulumi.{self.stack}.yaml"

    @property
    def salt_file(self) -> Path:
        """Where the salt is kept, with a mark of the passphrase that it belongs to."""
        return self.derived.with_name(f"{self.stack}.salt.json")

    def salt(self) -> str | None:
        """The stack's salt, None where the stack was not set up in this sandbox."""
        try:
            kept = json.loads(self.salt_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        salt = kept.get("salt") if isinstance(kept, dict) else None
        return salt if isinstance(salt, str) else None

    def keep(self, salt: str) -> None:
        """Remember the salt, and which passphrase it belongs to."""
        kept = {"salt": salt, "passphrase": mark(self.home)}
        write(self.salt_file, json.dumps(kept) + "\n")

    def fits(self) -> bool:
        """Whether the kept salt belongs to the passphrase as it is now."""
        try:
            kept = json.loads(self.salt_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return False
        return isinstance(kept, dict) and kept.get("passphrase") == mark(self.home)

    def derive(self) -> Path:
        """Write the file that the engine reads, from the committed one as it is now."""
        try:
            text = without_secrets_keys(self.committed.read_text(encoding="utf-8"))
        except FileNotFoundError:
            text = ""
        write(self.derived, with_salt(text, self.salt()))
        return self.derived


def passphrase_file(home: Path) -> Path:
    """Where the sandbox's passphrase is kept."""
    return home / "passphrase"


def mark(home: Path) -> str:
    """Tells one passphrase from another without giving it away: it is random and long."""
    try:
        passphrase = passphrase_file(home).read_bytes()
    except FileNotFoundError:
        passphrase = b""
    return hashlib.sha256(b"hubguard sandbox\0" + passphrase.strip()).hexdigest()[:16]


def find_project(directory: Path) -> Path | None:
    """The project file that Pulumi would use in `directory`: there or above."""
    for place in (directory, *directory.parents):
        for name in _PROJECT_FILES:
            if (place / name).is_file():
                return place / name
    return None


def salt_in(text: str) -> str | None:
    """The salt that a stack's configuration names."""
    for line in text.splitlines():
        if found := _SALT.match(line):
            return found.group(1)
    return None


def without_secrets_keys(text: str) -> str:
    """A stack's configuration without anything about how it keeps secrets."""
    kept: list[str] = []
    dropping = False
    for line in text.splitlines(keepends=True):
        # A long value may go on in indented lines.
        dropping = bool(_SECRETS_KEY.match(line)) or (dropping and line[:1] in " \t")
        if not dropping:
            kept.append(line)
    return "".join(kept)


def with_salt(text: str, salt: str | None) -> str:
    """A stack's configuration with the salt put in front."""
    body = "" if text.strip() in ("{}", "---") else text
    return f"encryptionsalt: {salt}\n{body}" if salt else body


def write(file: Path, text: str) -> None:
    """Replace a file in one step; it keeps its mode, a new one is readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        if file.exists():
            os.fchmod(handle, stat.S_IMODE(file.stat().st_mode))
        with os.fdopen(handle, "w", encoding="utf-8") as output:
            output.write(text)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
