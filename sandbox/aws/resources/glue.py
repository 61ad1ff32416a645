"""Glue's catalogue: databases and tables that Athena reads logs with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.aws.resources.base import Call, Change, Resource, tagging
from sandbox.aws.resources.translate import from_aws, to_aws

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_GONE = frozenset({"EntityNotFoundException"})
_DATABASE = ("createTableDefaultPermissions", "description", "locationUri", "parameters")
_TABLE = (
    "description",
    "owner",
    "parameters",
    "partitionKeys",
    "retention",
    "storageDescriptor",
    "tableType",
    "viewExpandedText",
    "viewOriginalText",
)


def _input(call: Call, shape: str, name: str, fields: tuple[str, ...]) -> dict[str, Any]:
    """What creates or replaces an entry of the catalogue."""
    wanted = {field: call.inputs.get(field) for field in fields}
    model = call.client.meta.service_model.shape_for(shape)
    return {"Name": name, **to_aws(wanted, model)}


def _catalog(call: Call) -> dict[str, str]:
    return call.given(CatalogId=call.inputs.get("catalogId"))


def _create_database(call: Call) -> str:
    name = call.name()
    call.client.create_database(
        DatabaseInput=_input(call, "DatabaseInput", name, _DATABASE),
        **_catalog(call),
        **call.given(Tags=call.tags or None),
    )
    return f"{call.inputs.get('catalogId') or call.aws.account}:{name}"


def _database(call: Call) -> dict[str, str]:
    catalog, _, name = call.id.partition(":")
    return {"CatalogId": catalog, "Name": name}


def _read_database(call: Call) -> Props:
    found = call.client.get_database(**_database(call))["Database"]
    arn = _arn(call, "database", found["Name"])
    return {
        **{name: value for name, value in from_aws(found, call.shape).items() if name in _DATABASE},
        "arn": arn,
        "name": found["Name"],
        "catalogId": _database(call)["CatalogId"],
        "tags": call.client.get_tags(ResourceArn=arn).get("Tags", {}),
    }


def _arn(call: Call, kind: str, name: str) -> str:
    account = call.id.partition(":")[0]
    return f"arn:{call.aws.partition}:glue:{call.region}:{account}:{kind}/{name}"


def _update_database(call: Call) -> None:
    where = _database(call)
    call.client.update_database(
        **where, DatabaseInput=_input(call, "DatabaseInput", where["Name"], _DATABASE)
    )


def _delete_database(call: Call) -> None:
    call.client.delete_database(**_database(call))


def _create_table(call: Call) -> str:
    name, database = call.name(), call.inputs["databaseName"]
    call.client.create_table(
        DatabaseName=database, TableInput=_input(call, "TableInput", name, _TABLE), **_catalog(call)
    )
    return f"{call.inputs.get('catalogId') or call.aws.account}:{database}:{name}"


def _table(call: Call) -> dict[str, str]:
    catalog, database, name = call.id.split(":")
    return {"CatalogId": catalog, "DatabaseName": database, "Name": name}


def _read_table(call: Call) -> Props:
    where = _table(call)
    found = call.client.get_table(**where)["Table"]
    # The official provider asks for them with every table, declared or not.
    call.client.get_partition_indexes(
        CatalogId=where["CatalogId"], DatabaseName=where["DatabaseName"], TableName=where["Name"]
    )
    return {
        **{name: value for name, value in from_aws(found, call.shape).items() if name in _TABLE},
        "arn": _arn(call, "table", f"{where['DatabaseName']}/{where['Name']}"),
        "name": where["Name"],
        "databaseName": where["DatabaseName"],
        "catalogId": where["CatalogId"],
    }


def _update_table(call: Call) -> None:
    where = _table(call)
    name = where.pop("Name")
    call.client.update_table(**where, TableInput=_input(call, "TableInput", name, _TABLE))


def _delete_table(call: Call) -> None:
    call.client.delete_table(**_table(call))


_NOT_KEPT = "the local AWS does not keep it"

TABLE = (
    Resource(
        "aws:glue/catalogDatabase:CatalogDatabase",
        "glue",
        create=_create_database,
        read=_read_database,
        delete=_delete_database,
        changes=(
            Change(_DATABASE, _update_database),
            tagging(
                lambda call, new: call.client.tag_resource(ResourceArn=call.state["arn"], TagsToAdd=new),
                lambda call, old: call.client.untag_resource(ResourceArn=call.state["arn"], TagsToRemove=old),
            ),
        ),
        gone=_GONE,
        unsupported={"federatedDatabase": _NOT_KEPT, "targetDatabase": _NOT_KEPT},
    ),
    Resource(
        "aws:glue/catalogTable:CatalogTable",
        "glue",
        create=_create_table,
        read=_read_table,
        delete=_delete_table,
        changes=(Change(_TABLE, _update_table),),
        gone=_GONE,
        unsupported={
            "openTableFormatInput": _NOT_KEPT,
            "partitionIndices": "partition projection needs none",
            "targetTable": _NOT_KEPT,
            "viewDefinition": _NOT_KEPT,
        },
    ),
)
