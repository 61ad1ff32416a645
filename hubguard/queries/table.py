"""The table over CloudTrail's log files, once: for Glue, for DuckDB and for the tests of the questions.

Columns and formats are those that the Athena user guide documents for CloudTrail ("Create the table for
CloudTrail logs in Athena using partition projection"); here it has two partition keys, region and day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from hubguard import standards
from hubguard.queries import names


@dataclass(frozen=True)
class Column:
    """A column and its Hive type."""

    name: str
    type: str


_IDENTITY: Final = (
    "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,"
    "username:string,onbehalfof:struct<userid:string,identitystorearn:string>,"
    "sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,"
    "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,"
    "ec2roledelivery:string,"
    "webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>"
)

COLUMNS: Final = (
    Column("eventversion", "string"),
    Column("useridentity", _IDENTITY),
    Column("eventtime", "string"),
    Column("eventsource", "string"),
    Column("eventname", "string"),
    Column("awsregion", "string"),
    Column("sourceipaddress", "string"),
    Column("useragent", "string"),
    Column("errorcode", "string"),
    Column("errormessage", "string"),
    Column("requestparameters", "string"),
    Column("responseelements", "string"),
    Column("additionaleventdata", "string"),
    Column("requestid", "string"),
    Column("eventid", "string"),
    Column("readonly", "string"),
    Column("resources", "array<struct<arn:string,accountid:string,type:string>>"),
    Column("eventtype", "string"),
    Column("apiversion", "string"),
    Column("recipientaccountid", "string"),
    Column("serviceeventdetails", "string"),
    Column("sharedeventid", "string"),
    Column("vpcendpointid", "string"),
    Column("vpcendpointaccountid", "string"),
    Column("eventcategory", "string"),
    Column(
        "addendum",
        "struct<reason:string,updatedfields:string,originalrequestid:string,originaleventid:string>",
    ),
    Column("sessioncredentialfromconsole", "string"),
    Column("edgedevicedetails", "string"),
    Column("tlsdetails", "struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>"),
)
"""What a record has. Objects under a `string` column are kept as their JSON text."""

PARTITION_KEYS: Final = (Column("region", "string"), Column("day", "string"))
"""Parts of a log file's key; `day` is `yyyy/mm/dd`, the day on which the file was delivered."""

_INPUT = "com.amazon.emr.cloudtrail.CloudTrailInputFormat"
_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_SERDE = "org.apache.hive.hcatalog.data.JsonSerDe"


@dataclass(frozen=True)
class GlueTable:
    """The table as the Glue catalog keeps it.

    Attributes:
        parameters: the table's own; partition projection stands here.
        location: what every partition lies below.
    """

    name: str
    table_type: str
    columns: tuple[Column, ...]
    partition_keys: tuple[Column, ...]
    parameters: dict[str, str]
    location: str
    input_format: str
    output_format: str
    serialization_library: str
    serde_parameters: dict[str, str]

    def arguments(self) -> dict[str, Any]:
        """The arguments of `aws.glue.CatalogTable`, all but the database's name."""
        return {
            "name": self.name,
            "table_type": self.table_type,
            "parameters": self.parameters,
            "partition_keys": [_argument(key) for key in self.partition_keys],
            "storage_descriptor": {
                "columns": [_argument(column) for column in self.columns],
                "location": self.location,
                "input_format": self.input_format,
                "output_format": self.output_format,
                "ser_de_info": {
                    "name": self.name,
                    "serialization_library": self.serialization_library,
                    "parameters": self.serde_parameters,
                },
            },
        }


def glue_table(bucket: str, account: str, regions: Sequence[str]) -> GlueTable:
    """The table over an account's log files.

    Args:
        bucket: the trail's bucket.
        account: AWS account id, 12 digits.
        regions: all regions that the trail writes from: records of another one are not seen by Athena.
    """
    location = f"s3://{bucket}/{names.trail_prefix(account)}"
    return GlueTable(
        name=names.TABLE,
        table_type="EXTERNAL_TABLE",
        columns=COLUMNS,
        partition_keys=PARTITION_KEYS,
        parameters={
            "EXTERNAL": "TRUE",
            "classification": "cloudtrail",
            "projection.enabled": "true",
            "projection.region.type": "enum",
            "projection.region.values": ",".join(sorted(regions)),
            "projection.day.type": "date",
            "projection.day.format": "yyyy/MM/dd",
            "projection.day.interval": "1",
            "projection.day.interval.unit": "DAYS",
            "projection.day.range": f"NOW-{standards.RETENTION_MAX_DAYS}DAYS,NOW",
            "storage.location.template": f"{location}${{region}}/${{day}}",
        },
        location=location,
        input_format=_INPUT,
        output_format=_OUTPUT,
        serialization_library=_SERDE,
        serde_parameters={"serialization.format": "1"},
    )


def _argument(column: Column) -> dict[str, str]:
    return {"name": column.name, "type": column.type}
