"""The table as Glue gets it."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi_aws.glue import (
    CatalogTablePartitionKeyArgsDict,
    CatalogTableStorageDescriptorArgsDict,
    CatalogTableStorageDescriptorColumnArgsDict,
    CatalogTableStorageDescriptorSerDeInfoArgsDict,
)
from sqlglot import exp

from hubguard.queries import names, table
from tests.unit.hubguard.queries.records import ACCOUNT

_BUCKET = names.log_bucket(ACCOUNT, "eu-central-1")


def test_partitions_follow_from_region_and_day() -> None:
    """Nobody adds them, and the template is CloudTrail's own layout."""
    made = table.glue_table(_BUCKET, ACCOUNT, ["us-east-1", "eu-central-1"])
    assert made.location == f"s3://{_BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/"
    assert made.parameters["storage.location.template"] == f"{made.location}${{region}}/${{day}}"
    assert made.parameters["projection.enabled"] == "true"
    assert made.parameters["projection.region.values"] == "eu-central-1,us-east-1"
    assert made.parameters["projection.day.format"] == "yyyy/MM/dd"
    assert [key.name for key in made.partition_keys] == ["region", "day"]
    for key in made.partition_keys:
        assert f"projection.{key.name}.type" in made.parameters


def test_the_reader_is_cloudtrails() -> None:
    """As the Athena user guide names it."""
    made = table.glue_table(_BUCKET, ACCOUNT, ["us-east-1"])
    assert made.input_format == "com.amazon.emr.cloudtrail.CloudTrailInputFormat"
    assert made.serialization_library == "org.apache.hive.hcatalog.data.JsonSerDe"


def test_the_arguments_are_those_of_pulumis_table() -> None:
    """Each name is one that the provider knows."""
    arguments = table.glue_table(_BUCKET, ACCOUNT, ["us-east-1"]).arguments()
    aws.glue.CatalogTableArgs(database_name="x", **arguments)
    storage = arguments["storage_descriptor"]
    assert storage.keys() <= CatalogTableStorageDescriptorArgsDict.__annotations__.keys()
    assert (
        storage["ser_de_info"].keys() <= CatalogTableStorageDescriptorSerDeInfoArgsDict.__annotations__.keys()
    )
    for column in storage["columns"]:
        assert column.keys() <= CatalogTableStorageDescriptorColumnArgsDict.__annotations__.keys()
    for key in arguments["partition_keys"]:
        assert key.keys() <= CatalogTablePartitionKeyArgsDict.__annotations__.keys()


def test_columns_are_unique_small_and_of_hives_types() -> None:
    """Glue refuses the rest."""
    columns = [*table.COLUMNS, *table.PARTITION_KEYS]
    assert len({column.name for column in columns}) == len(columns)
    for column in columns:
        assert column.name == column.name.lower()
        assert exp.DataType.build(column.type, dialect="hive").this != exp.DataType.Type.USERDEFINED


def test_names_follow_from_account_region_and_organization() -> None:
    """Small letters, digits and underscores where Glue wants them."""
    assert names.log_bucket(ACCOUNT, "eu-central-1") == "hubguard-audit-123456789012-eu-central-1"
    assert names.trail_prefix(ACCOUNT) == "AWSLogs/123456789012/CloudTrail/"
    assert names.database("Kwanzaa-project.org") == "hubguard_kwanzaa_project_org"
    assert names.workgroup("kwanzaa-project") == "hubguard-kwanzaa-project"
    assert names.secret_prefix("kwanzaa-project") == "hubguard/kwanzaa-project/"
