"""The engine's copy of a stack's configuration: the committed settings with this checkout's salt."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from sandbox.engine import stackfile
from sandbox.engine.stackfile import StackFile


@pytest.fixture
def file(tmp_path: Path) -> StackFile:
    """The stack `dev` of a project, in a sandbox with a passphrase."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("# first\nname: demo # ours\nruntime: python\n")
    home = tmp_path / "home"
    stackfile.write(stackfile.passphrase_file(home), "made up\n")
    return StackFile(home, project / "Pulumi.yaml", "dev")


def test_settings_with_the_salt(file: StackFile) -> None:
    """What the engine reads differs from the committed file in the salt only."""
    file.committed.write_text("# why\nencryptionsalt: v1:theirs\nconfig:\n  demo:a: 1\n")
    file.keep("v1:ours")
    text = file.derive().read_text()
    assert text == "encryptionsalt: v1:ours\n# why\nconfig:\n  demo:a: 1\n"


def test_other_secrets_providers_are_left_out(file: StackFile) -> None:
    """A stack that keeps its secrets with a key of AWS is read without that key."""
    file.committed.write_text(
        "secretsprovider: awskms://alias/x\nencryptedkey: >-\n  abc\n  def\nconfig:\n  a: b\n"
    )
    assert yaml.safe_load(file.derive().read_text()) == {"config": {"a": "b"}}


@pytest.mark.parametrize("text", ["", "{}\n", "---\n", None])
def test_empty_settings(file: StackFile, text: str | None) -> None:
    """Without settings the salt stands alone, and the file is still YAML."""
    if text is not None:
        file.committed.write_text(text)
    file.keep("v1:ours")
    assert yaml.safe_load(file.derive().read_text()) == {"encryptionsalt": "v1:ours"}


def test_kept_under_the_project(file: StackFile) -> None:
    """Stacks of two projects with one name do not share a file."""
    assert file.derived == file.home / "stacks" / "demo" / "Pulumi.dev.yaml"


def test_salt_belongs_to_its_passphrase(file: StackFile) -> None:
    """Another passphrase is noticed, and the file gives nothing of it away."""
    file.keep("v1:ours")
    assert file.fits()
    assert "made up" not in file.salt_file.read_text()
    stackfile.write(stackfile.passphrase_file(file.home), "another\n")
    assert not file.fits()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"salt": 5}'])
def test_broken_salt_file_is_no_salt(file: StackFile, text: str) -> None:
    """A file that was damaged counts as lost, which the set-up of the stack mends."""
    stackfile.write(file.salt_file, text)
    assert file.salt() is None
    assert not file.fits()


def test_new_files_are_private_and_old_ones_keep_their_mode(tmp_path: Path) -> None:
    """A committed file stays readable for everybody."""
    stackfile.write(tmp_path / "new", "x")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    (tmp_path / "old").write_text("x")
    (tmp_path / "old").chmod(0o644)
    stackfile.write(tmp_path / "old", "y")
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o644
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["new", "old"]


def test_finds_the_project_above(file: StackFile) -> None:
    """As Pulumi does, from a directory below the project."""
    below = file.project_file.parent / "a" / "b"
    below.mkdir(parents=True)
    assert stackfile.find_project(below) == file.project_file
    assert stackfile.find_project(Path("/")) is None
