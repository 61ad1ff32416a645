"""Glue's databases and tables as they were defined."""

from __future__ import annotations

from typing import Any

from ministack.services import glue

from sandbox.aws.mends.expect import expect_function, unexpected

_OK = 200
# What a definition has that does not say otherwise.
_DATABASE: dict[str, Any] = {"Description": "", "LocationUri": None, "Parameters": {}}
_TABLE: dict[str, Any] = {
    "Description": "",
    "Owner": "",
    "StorageDescriptor": {},
    "PartitionKeys": [],
    "Parameters": {},
    "TableType": None,
    "ViewOriginalText": None,
    "ViewExpandedText": None,
}


def definitions_are_kept_as_given() -> None:
    """Keep what a definition says, and nothing of an older one.

    AWS: UpdateDatabase and UpdateTable replace the definition; a table has the type and the retention
    that it was given. MiniStack: what an update leaves out stays, every table without a type is an
    external one, and the retention is dropped.
    """
    create_table = expect_function(glue, "_create_table", "data")
    update_table = expect_function(glue, "_update_table", "data")
    update_database = expect_function(glue, "_update_database", "data")
    if not hasattr(glue, "_tables"):
        raise unexpected("it keeps its tables elsewhere")

    def create_as_given(data: dict[str, Any]) -> Any:
        answer = create_table(data)
        if answer[0] == _OK:
            _complete(data)
        return answer

    def replace_table(data: dict[str, Any]) -> Any:
        answer = update_table({**data, "TableInput": {**_TABLE, **data.get("TableInput", {})}})
        if answer[0] == _OK:
            _complete(data)
        return answer

    def replace_database(data: dict[str, Any]) -> Any:
        return update_database({**data, "DatabaseInput": {**_DATABASE, **data.get("DatabaseInput", {})}})

    glue._create_table = create_as_given  # noqa: SLF001  that is the mend, as below
    glue._update_table = replace_table  # noqa: SLF001
    glue._update_database = replace_database  # noqa: SLF001


def _complete(data: dict[str, Any]) -> None:
    given = data["TableInput"]
    table = glue._tables[f"{data['DatabaseName']}/{given['Name']}"]  # noqa: SLF001
    table |= {"TableType": given.get("TableType"), "Retention": given.get("Retention", 0)}
