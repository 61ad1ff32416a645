"""A `Pulumi.<stack>.yaml`, read without an engine and more strictly than Pulumi reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from hubguard.errors import SettingsError

_TOP_LEVEL = {"config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider"}
_BOOLEANS = {"true", "false"}


def stack_of(path: Path) -> str:
    """Name of the stack that a stack file belongs to; it may have dots."""
    return path.name.removeprefix("Pulumi.").removesuffix(".yaml")


def parsed(value: Any) -> Any:
    """A value of the configuration, read out of its JSON when it is such a text.

    The engine hands objects and lists over so, and `pulumi config set` writes them so; everything else is
    a string to the engine.
    """
    if not isinstance(value, str) or not (value.startswith(("{", "[")) or value in _BOOLEANS):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def configuration(path: Path) -> dict[str, Any]:
    """The configuration in a stack file: keys with their namespace to values, as the engine reads them.

    Raises:
        SettingsError: it cannot be read, is not YAML, or has another shape.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  a safe loader, and stricter
    except OSError as error:
        raise SettingsError([f"{path.name}: cannot be read: {error.strerror}"]) from None
    except (UnicodeDecodeError, RecursionError):
        raise SettingsError([f"{path.name}: cannot be read as YAML in UTF-8"]) from None
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise SettingsError([f"{path.name}: cannot be read as YAML{line}: {error.problem}"]) from None
    if isinstance(document, dict) and (strays := document.keys() - _TOP_LEVEL):
        expected = ", ".join(sorted(_TOP_LEVEL))
        raise SettingsError([f"{path.name}: unknown key {key}; expected one of {expected}" for key in strays])
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict) or not all(isinstance(key, str) for key in config):
        raise SettingsError([f"{path.name}: expected config, a map from keys such as aws:region to values"])
    return {key: parsed(value) for key, value in config.items()}


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in a map: one of the two would go unread."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)
