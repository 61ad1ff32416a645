"""A mend that does not find what it expects stops the start."""

from __future__ import annotations

from types import ModuleType

import pytest

from hubguard.errors import SandboxError
from sandbox.aws.mends import expect


def _module() -> ModuleType:
    module = ModuleType("ministack.services.example")

    def handler(body: object, region: str) -> None:
        """Do nothing."""

    module.__dict__.update(handler=handler, table={"Create": handler})
    return module


def test_another_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mends touch its insides, so the release is fixed."""
    monkeypatch.setattr(expect, "version", lambda _name: "9.9.9")
    with pytest.raises(SandboxError, match=r"made for MiniStack 1\.5\.33, but release 9\.9\.9"):
        expect.expect_release()


def test_a_function_is_found_by_its_name_and_parameters() -> None:
    """The right one is handed over."""
    module = _module()
    assert expect.expect_function(module, "handler", "body", "region") is module.handler


@pytest.mark.parametrize(("name", "parameters"), [("handler", ("body",)), ("missing", ()), ("table", ())])
def test_another_function_is_refused(name: str, parameters: tuple[str, ...]) -> None:
    """A missing function, other parameters or no function at all."""
    with pytest.raises(SandboxError, match=name):
        expect.expect_function(_module(), name, *parameters)


@pytest.mark.parametrize(("name", "action"), [("table", "Delete"), ("missing", "Create")])
def test_a_table_without_the_action_is_refused(name: str, action: str) -> None:
    """A renamed action would leave the mend without effect."""
    with pytest.raises(SandboxError, match=action):
        expect.expect_actions(_module(), name, action)
