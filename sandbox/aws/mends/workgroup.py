"""Athena's workgroups: what they are changed to, and when they can go."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import athena

from sandbox.aws.mends.expect import expect_function, unexpected

_OK = 200
_ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
_CONTENTS = ("_named_queries", "_executions")


def workgroup_configuration_is_whole() -> None:
    """Make every change of a configuration that is asked for.

    AWS: UpdateWorkGroup changes all that it names; a new workgroup has an engine version.
    MiniStack: it changes a few parts, knows two of the removals, and gives no engine version.
    """
    create = expect_function(athena, "_create_workgroup", "data")
    update = expect_function(athena, "_update_workgroup", "data")
    if not hasattr(athena, "_workgroups"):
        raise unexpected("it keeps its workgroups elsewhere")

    def create_with_engine(data: dict[str, Any]) -> Any:
        configuration = {"EngineVersion": dict(_ENGINE), **data.get("Configuration", {})}
        configuration["EngineVersion"] = {**_ENGINE, **configuration["EngineVersion"]}
        return create({**data, "Configuration": configuration})

    def update_all(data: dict[str, Any]) -> Any:
        answer = update(data)
        if answer[0] == _OK:
            configuration = athena._workgroups[data["WorkGroup"]]["Configuration"]  # noqa: SLF001
            change(configuration, data.get("ConfigurationUpdates") or {})
        return answer

    athena._create_workgroup = create_with_engine  # noqa: SLF001  that is the mend, as below
    athena._update_workgroup = update_all  # noqa: SLF001


def full_workgroup_stays() -> None:
    """Refuse to delete a workgroup that holds something.

    AWS: with queries or their history it goes only with RecursiveDeleteOption, and then with them; one
    that is not there cannot be deleted. MiniStack: it goes, and its queries stay behind.
    """
    delete = expect_function(athena, "_delete_workgroup", "data")
    if any(not hasattr(athena, name) for name in ("_workgroups", *_CONTENTS)):
        raise unexpected("it keeps its queries elsewhere")

    def delete_empty(data: dict[str, Any]) -> Any:
        name = data.get("WorkGroup")
        if name not in athena._workgroups:  # noqa: SLF001
            return _refused(f"WorkGroup {name} is not found.")
        held = [
            (store, key)
            for store in (getattr(athena, one) for one in _CONTENTS)
            for key, item in store.items()
            if item.get("WorkGroup", "primary") == name
        ]
        if held and not data.get("RecursiveDeleteOption"):
            return _refused(f"WorkGroup {name} is not empty")
        answer = delete(data)
        if answer[0] == _OK:
            for store, key in held:
                del store[key]
        return answer

    athena._delete_workgroup = delete_empty  # noqa: SLF001


def _refused(message: str) -> Any:
    return error_response_json("InvalidRequestException", message, 400)


def change(configuration: dict[str, Any], updates: dict[str, Any]) -> None:
    """Apply the updates of an UpdateWorkGroup to a configuration.

    Args:
        configuration: the one that is there; changed.
        updates: new values, parts with `Updates` behind their name, and flags with `Remove` before it.
    """
    for name, value in updates.items():
        if name.startswith("Remove"):
            if value:
                configuration.pop(name.removeprefix("Remove"), None)
        elif name.endswith("Updates"):
            inner = name.removesuffix("Updates")
            change(configuration.setdefault(inner, {}), value)
            if not configuration[inner]:
                del configuration[inner]
        else:
            configuration[name] = value
