"""A `Pulumi.<stack>.yaml`, read without an engine and more strictly than Pulumi reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from hubguard.errors import SettingsError

_TOP_LEVEL = {"config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider"}


def configuration(path: Path) -> dict[str, Any]:
    """The configuration in a stack file: keys with their namespace to values.

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
    return config


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
