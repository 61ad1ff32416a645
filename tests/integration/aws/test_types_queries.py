"""What Athena reads the logs with, and the mends that it needs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.mends.workgroup import change
from sandbox.aws.resources.athena import updates
from tests.integration.aws.life import (
    ACCOUNT,
    NONE,
    TAGS,
    Scenario,
    World,
    drifted,
    imported,
    live_through,
    unchanged,
)

if TYPE_CHECKING:
    from tests.integration.aws.conftest import LocalAws, Resource

DATABASE, TABLE = "aws:glue/catalogDatabase:CatalogDatabase", "aws:glue/catalogTable:CatalogTable"
WORKGROUP, QUERY = "aws:athena/workgroup:Workgroup", "aws:athena/namedQuery:NamedQuery"


def database(world: World) -> str:
    """The name of a new database."""
    return str(world.make(DATABASE).state["name"])


def logs(days: int) -> dict[str, Any]:
    """A table over a trail's files, partitioned by projection."""
    return {
        "tableType": "EXTERNAL_TABLE",
        "description": "the trail",
        "parameters": {
            "EXTERNAL": "TRUE",
            "projection.enabled": "true",
            "projection.day.type": "date",
            "projection.day.range": f"NOW-{days}DAYS,NOW",
            "storage.location.template": f"s3://logs/AWSLogs/{ACCOUNT}/CloudTrail/${{day}}",
        },
        "partitionKeys": [{"name": "region", "type": "string"}, {"name": "day", "type": "string"}],
        "storageDescriptor": {
            "location": f"s3://logs/AWSLogs/{ACCOUNT}/CloudTrail/",
            "inputFormat": "com.amazon.emr.cloudtrail.CloudTrailInputFormat",
            "outputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "serDeInfo": {
                "name": "cloudtrail",
                "serializationLibrary": "org.apache.hive.hcatalog.data.JsonSerDe",
                "parameters": {"serialization.format": "1"},
            },
            "columns": [
                {"name": "eventtime", "type": "string", "comment": "when"},
                {"name": "useridentity", "type": "struct<type:string,arn:string>"},
            ],
        },
    }


def results(world: World, prefix: str) -> dict[str, Any]:
    """Encrypted results in a bucket."""
    return {
        "enforceWorkgroupConfiguration": True,
        "bytesScannedCutoffPerQuery": 10737418240,
        "resultConfiguration": {
            "outputLocation": f"s3://results/{prefix}/",
            "expectedBucketOwner": ACCOUNT,
            "encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": world.key()},
        },
    }


def _spy(aws: LocalAws, made: Resource) -> None:
    aws.client("athena").update_work_group(
        WorkGroup=made.id,
        ConfigurationUpdates={"ResultConfigurationUpdates": {"OutputLocation": "s3://theirs/"}},
    )


def _rename(aws: LocalAws, made: Resource) -> None:
    table = {"Name": made.state["name"], "StorageDescriptor": {"Location": "s3://theirs/"},
             "Parameters": made.state["parameters"], "TableType": "EXTERNAL_TABLE",
             "PartitionKeys": [{"Name": "region", "Type": "string"}]}  # fmt: skip
    aws.client("glue").update_table(DatabaseName=made.state["databaseName"], TableInput=table)


SCENARIOS = [
    Scenario(
        DATABASE,
        lambda _: {"name": f"d{uuid.uuid4().hex[:8]}", "description": "d", "parameters": {"a": "b"},
                   "tags": TAGS},
        {"description": None, "parameters": None, "locationUri": "s3://logs/", "tags": {"team": "other"}},
        lambda aws, made: aws.client("glue").update_database(
            Name=made.state["name"],
            DatabaseInput={"Name": made.state["name"], "Description": "theirs", "LocationUri": "s3://logs/"},
        ),
        {"description"},
    ),
    Scenario(
        TABLE,
        lambda world: {"databaseName": database(world), "name": "trail", **logs(400)},
        {"description": None, "parameters": logs(500)["parameters"], "retention": 3,
         "partitionKeys": [{"name": "region", "type": "string"}]},
        _rename,
        {"retention", "storageDescriptor"},
    ),
    Scenario(
        WORKGROUP,
        lambda world: {"description": "d", "configuration": results(world, "one"), "tags": TAGS},
        {"description": None, "state": "DISABLED", "tags": {"team": "other"},
         "configuration": {"requesterPaysEnabled": True, "publishCloudwatchMetricsEnabled": False,
                           "resultConfiguration": {
                               "outputLocation": "s3://results/two/",
                               "encryptionConfiguration": {"encryptionOption": "SSE_S3"}}}},
        _spy,
        {"configuration"},
    ),
    Scenario(
        QUERY,
        lambda world: {"name": "reads", "database": database(world), "query": "SELECT 1",
                       "workgroup": world.make(WORKGROUP).id, "description": "who read"},
        {},
        None,
        set(),
    ),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_life_of_a_resource(scenario: Scenario, world: World) -> None:
    """Made, read, changed, drifted, gone and made again."""
    live_through(scenario, world)


def test_tables_go_with_their_database(world: World) -> None:
    """The catalogue forgets both."""
    base = world.make(DATABASE, name=f"d{uuid.uuid4().hex[:8]}")
    made = world.make(TABLE, databaseName=base.state["name"], name="trail", **logs(1))
    assert made.id == f"{ACCOUNT}:{base.state['name']}:trail"
    imported(world.engine, made)
    imported(world.engine, base)
    world.engine.delete(base)
    assert world.engine.read(made) is None
    world.engine.delete(made)


def test_a_table_keeps_what_it_was_given(world: World) -> None:
    """No type of AWS's own making, and the retention stays."""
    made = world.make(TABLE, databaseName=database(world), name="plain", retention=5)
    assert "tableType" not in made.state
    assert made.state["retention"] == 5
    unchanged(world.engine, made)


def test_a_database_that_is_there_is_not_taken_over(world: World) -> None:
    """Its creation fails, so an interrupted run has to adopt it."""
    name = database(world)
    with pytest.raises(Exception, match="AlreadyExists"):
        world.make(DATABASE, name=name)


def test_what_aws_fills_into_a_workgroup_is_no_difference(world: World) -> None:
    """The engine version, with and without a configuration of one's own."""
    bare = world.make(WORKGROUP)
    assert bare.state["configuration"]["engineVersion"]["selectedEngineVersion"] == "AUTO"
    assert world.engine.diff(bare, {}).changes == NONE
    inputs = {"configuration": {"resultConfiguration": {"outputLocation": "s3://results/"}}}
    made = world.make(WORKGROUP, **inputs)
    assert world.engine.diff(made, inputs).changes == NONE
    unchanged(world.engine, made)


def test_dropped_encryption_goes(world: World) -> None:
    """Each part of the results that the program does not name any more is named to be removed."""
    made = world.make(WORKGROUP, configuration=results(world, "one"))
    bare = {"configuration": {"resultConfiguration": {"outputLocation": "s3://results/one/"}}}
    made = world.engine.update(made, bare)
    live = world.aws.client("athena").get_work_group(WorkGroup=made.id)["WorkGroup"]["Configuration"]
    assert live["ResultConfiguration"] == {"OutputLocation": "s3://results/one/"}
    assert "BytesScannedCutoffPerQuery" not in live
    unchanged(world.engine, made)


def test_weaker_encryption_of_results_is_seen(world: World) -> None:
    """Somebody took the key away."""
    made = world.make(WORKGROUP, configuration=results(world, "one"))
    world.aws.client("athena").update_work_group(
        WorkGroup=made.id,
        ConfigurationUpdates={"ResultConfigurationUpdates": {"RemoveEncryptionConfiguration": True}},
    )
    drifted(world.engine, made, {"configuration"})


def test_a_full_workgroup_goes_only_by_force(world: World) -> None:
    """And takes its queries along."""
    group, base = world.make(WORKGROUP), database(world)
    query = world.make(QUERY, name="q", database=base, query="SELECT 1", workgroup=group.id)
    with pytest.raises(Exception, match="is not empty"):
        world.engine.delete(group)
    forced = world.engine.update(group, {"forceDestroy": True})
    world.engine.delete(forced)
    assert world.engine.read(forced) is None
    assert world.engine.read(query) is None
    with pytest.raises(ClientError, match="not found"):
        world.aws.client("athena").delete_work_group(WorkGroup=group.id)


def test_a_query_is_replaced_by_any_change(world: World) -> None:
    """Athena's named queries have no update here, as with the real plugin."""
    inputs = {"name": "q", "database": database(world), "query": "SELECT 1"}
    made = world.make(QUERY, **inputs)
    assert made.state["workgroup"] == "primary"
    imported(world.engine, made)
    assert list(world.engine.diff(made, {**inputs, "query": "SELECT 2"}).replaces) == ["query"]
    world.aws.client("athena").delete_named_query(NamedQueryId=made.id)
    assert world.engine.read(made) is None


_PARTS = st.fixed_dictionaries(
    {},
    optional={
        "EnforceWorkGroupConfiguration": st.booleans(),
        "BytesScannedCutoffPerQuery": st.integers(10485760, 10485769),
        "CustomerContentEncryptionConfiguration": st.fixed_dictionaries({"KmsKey": st.sampled_from("ab")}),
        "ResultConfiguration": st.fixed_dictionaries(
            {},
            optional={
                "OutputLocation": st.sampled_from(["s3://a/", "s3://b/"]),
                "EncryptionConfiguration": st.fixed_dictionaries({"EncryptionOption": st.just("SSE_S3")}),
                "ExpectedBucketOwner": st.just(ACCOUNT),
                "AclConfiguration": st.fixed_dictionaries(
                    {"S3AclOption": st.just("BUCKET_OWNER_FULL_CONTROL")}
                ),
            },
        ),
    },
)


@given(_PARTS, _PARTS)
def test_updates_lead_from_any_configuration_to_any_other(
    live: dict[str, Any], wanted: dict[str, Any]
) -> None:
    """What is wanted is there afterwards; what is not wanted and can be removed is not."""
    there = {**live, "ResultConfiguration": {**live.get("ResultConfiguration", {})}}
    kept = {name: live[name] for name in live.keys() & {"EnforceWorkGroupConfiguration"}}
    change(there, updates(wanted, live))
    there = {name: value for name, value in there.items() if value != {}}
    expected = {name: value for name, value in {**kept, **wanted}.items() if value != {}}
    assert there == expected
