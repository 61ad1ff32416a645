"""Athena's workgroups and the queries that are kept in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sandbox.aws.resources.base import Call, Change, Resource, no_update, tag_list, tag_map, tagging
from sandbox.aws.resources.translate import from_aws, to_aws

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.provider.wire import Props

# Athena says what is not there in words only: its one code covers every bad request.
_MISSING = ("not found", "does not exist")
_DEFAULT = "primary"  # the workgroup that every account has
_RESULTS = "ResultConfiguration"
_MANAGED = "ManagedQueryResultsConfiguration"


def _if_there(call: Call, do: Callable[[Call], Props | None]) -> Props | None:
    try:
        return do(call)
    except ClientError as error:
        if any(words in error.response["Error"]["Message"] for words in _MISSING):
            return None
        raise


def _configuration(call: Call) -> dict[str, Any]:
    """The whole configuration as CreateWorkGroup takes it."""
    wanted = dict(call.inputs.get("configuration") or {})
    if not wanted.get("bytesScannedCutoffPerQuery"):
        wanted.pop("bytesScannedCutoffPerQuery", None)  # 0 means no limit
    if engine := wanted.get("engineVersion"):
        wanted["engineVersion"] = {"selectedEngineVersion": engine.get("selectedEngineVersion")}
    results = wanted.get("resultConfiguration") or {}
    if encryption := results.get("encryptionConfiguration"):
        encryption = {"encryptionOption": encryption.get("encryptionOption"),
                      "kmsKey": encryption.get("kmsKeyArn")}  # fmt: skip
        wanted["resultConfiguration"] = {**results, "encryptionConfiguration": encryption}
    shape = call.client.meta.service_model.shape_for("WorkGroupConfiguration")
    translated: dict[str, Any] = to_aws(wanted, shape)
    return translated


def _create_workgroup(call: Call) -> str:
    name = call.name()
    call.client.create_work_group(
        Name=name,
        Configuration=_configuration(call),
        Description=call.inputs.get("description") or "",
        **call.given(Tags=tag_list(call.tags) or None),
    )
    return name


def _read_workgroup(call: Call) -> Props | None:
    return _if_there(call, _found_workgroup)


def _found_workgroup(call: Call) -> Props:
    found = call.client.get_work_group(WorkGroup=call.id)["WorkGroup"]
    arn = f"arn:{call.aws.partition}:athena:{call.region}:{call.aws.account}:workgroup/{call.id}"
    live = from_aws(found.get("Configuration"), call.shape.fields["configuration"].shape)
    # The one name that the program has otherwise.
    if (
        key := found.get("Configuration", {})
        .get(_RESULTS, {})
        .get("EncryptionConfiguration", {})
        .get("KmsKey")
    ):
        live["resultConfiguration"]["encryptionConfiguration"]["kmsKeyArn"] = key
    return {
        "arn": arn,
        "name": found["Name"],
        "configuration": live,
        "description": found.get("Description", ""),
        "state": found["State"],
        "tags": tag_map(call.client.list_tags_for_resource(ResourceARN=arn).get("Tags")),
    }


def updates(wanted: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    """A configuration as UpdateWorkGroup takes it: what is not wanted any more is named to be removed.

    Args:
        wanted: the configuration as CreateWorkGroup takes it.
        live: the one that is there, in the same form.
    """
    changed = {name: value for name, value in wanted.items() if name not in (_RESULTS, _MANAGED)}
    for name in (_RESULTS, _MANAGED):
        inner, before = wanted.get(name, {}), live.get(name, {})
        removed = {
            f"Remove{part}": True for part in sorted(before.keys() - inner.keys()) if part != "Enabled"
        }
        if inner or removed:
            changed[f"{name}Updates"] = {**inner, **removed}
    for name in ("BytesScannedCutoffPerQuery", "CustomerContentEncryptionConfiguration"):
        if name in live and name not in wanted:
            changed[f"Remove{name}"] = True
    return changed


def _update_workgroup(call: Call) -> None:
    wanted = {"RequesterPaysEnabled": False, **_configuration(call)}
    live = call.client.get_work_group(WorkGroup=call.id)["WorkGroup"].get("Configuration", {})
    call.client.update_work_group(
        WorkGroup=call.id,
        Description=call.inputs.get("description") or "",
        ConfigurationUpdates=updates(wanted, live),
    )


def _switch(call: Call) -> None:
    """A new workgroup is always enabled."""
    if call.state or call.inputs["state"] != "ENABLED":
        call.client.update_work_group(WorkGroup=call.id, State=call.inputs["state"])


def _delete_workgroup(call: Call) -> None:
    def delete(call: Call) -> None:
        call.client.delete_work_group(
            WorkGroup=call.id, RecursiveDeleteOption=bool(call.state.get("forceDestroy"))
        )

    _if_there(call, delete)


def _create_query(call: Call) -> str:
    wanted = call.inputs
    answer = call.client.create_named_query(
        Name=call.name(),
        Database=wanted["database"],
        QueryString=wanted["query"],
        WorkGroup=wanted["workgroup"],
        **call.given(Description=wanted.get("description")),
    )
    return str(answer["NamedQueryId"])


def _read_query(call: Call) -> Props | None:
    return _if_there(call, _found_query)


def _found_query(call: Call) -> Props:
    found = call.client.get_named_query(NamedQueryId=call.id)["NamedQuery"]
    return {
        "name": found["Name"],
        "database": found["Database"],
        "query": found["QueryString"],
        "description": found.get("Description", ""),
        "workgroup": found.get("WorkGroup", _DEFAULT),
    }


def _delete_query(call: Call) -> None:
    def delete(call: Call) -> None:
        call.client.delete_named_query(NamedQueryId=call.id)

    _if_there(call, delete)


TABLE = (
    Resource(
        "aws:athena/workgroup:Workgroup",
        "athena",
        create=_create_workgroup,
        read=_read_workgroup,
        delete=_delete_workgroup,
        changes=(
            Change(("configuration", "description"), _update_workgroup),
            tagging(
                lambda call, new: call.client.tag_resource(ResourceARN=call.state["arn"], Tags=tag_list(new)),
                lambda call, old: call.client.untag_resource(ResourceARN=call.state["arn"], TagKeys=old),
            ),
            Change(("state",), _switch, at_creation=True),
        ),
    ),
    Resource(
        "aws:athena/namedQuery:NamedQuery",
        "athena",
        create=_create_query,
        read=_read_query,
        delete=_delete_query,
        changes=(Change(("*",), no_update),),
    ),
)
