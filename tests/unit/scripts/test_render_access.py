"""docs/access.md says what the access matrix says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from components import settings
from components.matrix import attempts, cells

ROOT = Path(__file__).parents[3]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, writing elsewhere."""
    spec = importlib.util.spec_from_file_location("render_access", ROOT / "scripts/render_access.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "_PAGE", tmp_path / "access.md")
    return module


def test_the_page_is_checked(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 7 where it is missing or says something else, 0 where it is right, 2 for wrong usage."""
    assert script.main(["--check"]) == 7
    assert "run `make format`" in capsys.readouterr().err
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0
    page = script._PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("D R", "D R W", 1), encoding="utf-8")
    assert script.main(["--check"]) == 7
    assert script.main(["--verify"]) == 2


def test_the_committed_page_is_up_to_date(script: ModuleType) -> None:
    """What a reader finds is what the code does."""
    wanted = script.page(settings.from_file(ROOT / "Pulumi.sandbox.yaml"))
    assert (ROOT / "docs/access.md").read_text(encoding="utf-8") == wanted


def test_the_page_has_every_cell_and_every_attempt(script: ModuleType) -> None:
    """Each principal stands in the table of each environment, with the marks of its rights."""
    desired = settings.from_file(ROOT / "Pulumi.sandbox.yaml")
    page = script.page(desired)
    machine = page.partition("## The machine's own credentials")[2].partition("\n## ")[0]
    assert "| drift | D I | D I R | D I R |" in machine
    assert "| deploy | D I R M | D I M | D I R M |" in machine
    for principal in cells.PRINCIPALS:
        assert page.count(f"| {script._called(principal)} | ") >= 4
    every = (*attempts.INTRUSIONS, *attempts.OF_DEPLOY, *attempts.OF_OTHERS)
    assert all(f"| {one.who} | {one.does} | {one.stopped_by} |" in page for one in every)


def test_nobody_but_its_readers_reads() -> None:
    """An administrator manages everything, and reads and puts nothing."""
    desired = settings.from_file(ROOT / "Pulumi.sandbox.yaml")
    allowed = {(c.principal, c.action) for c in cells.cells(desired.tokens) if c.allowed}
    assert ("administrator", "secretsmanager:PutResourcePolicy") in allowed
    assert ("administrator", "secretsmanager:GetSecretValue") not in allowed
    assert not [action for principal, action in allowed if principal == "nobody" or action == cells.BATCH]
