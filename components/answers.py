"""AuditAnswers: the auditor's questions, asked of the trail's files by Athena."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.documents.buckets import answers_bucket_policy
from components.names import Names
from components.parts.buckets import PrivateBucket, keep, sweep
from components.validation import regions
from hubguard import standards
from hubguard.queries import names as queries
from hubguard.queries.table import glue_table


class AuditAnswers(pulumi.ComponentResource):
    """A table over the trail's files, and a workgroup whose answers are encrypted and soon forgotten.

    Serves checklist items 2.5.1 and 6.1.3.

    Attributes:
        workgroup: name of the workgroup that asks.
    """

    workgroup: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        names: Names,
        key: aws.kms.Key,
        access_logs: PrivateBucket,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the table and the workgroup.

        Args:
            name: the component's name.
            names: the stack's names.
            key: the audit trail's key.
            access_logs: the bucket that keeps who read the answers.
            protect: whether Pulumi refuses to delete the answers.
            opts: options of the component.
        """
        super().__init__("hubguard:answers:AuditAnswers", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        answers = PrivateBucket(
            "answers",
            bucket=names.answers_bucket,
            policy=answers_bucket_policy(names),
            lifecycle=[keep(standards.ANSWERS_DAYS), sweep()],
            key=key.arn,
            logs_to=access_logs,
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        tags = {"hubguard:organization": names.organization}
        database = aws.glue.CatalogDatabase(
            "answers",
            name=queries.database(names.organization),
            description=f"The audit trail of {names.organization}",
            tags=tags,
            opts=inside,
        )
        table = glue_table(names.log_bucket, names.account, sorted(regions.standard()))
        aws.glue.CatalogTable("trail", database_name=database.name, **table.arguments(), opts=inside)
        workgroup = aws.athena.Workgroup(
            "answers",
            name=queries.workgroup(names.organization),
            description=f"Questions to the audit trail of {names.organization}",
            configuration={
                "bytes_scanned_cutoff_per_query": standards.QUERY_BYTES_MAX,
                # Whoever asks cannot choose another place or no encryption.
                "enforce_workgroup_configuration": True,
                "publish_cloudwatch_metrics_enabled": True,
                "result_configuration": {
                    "output_location": answers.name.apply(lambda bucket: f"s3://{bucket}/"),
                    "expected_bucket_owner": names.account,
                    "encryption_configuration": {"encryption_option": "SSE_KMS", "kms_key_arn": key.arn},
                },
            },
            # Past questions are in the way of a deletion.
            force_destroy=not protect,
            tags=tags,
            opts=inside,
        )
        self.workgroup = workgroup.name
        self.register_outputs({"workgroup": workgroup.name, "database": database.name})
