"""One AWS resource and nothing else."""

import pulumi_aws as aws

aws.cloudwatch.EventRule("bench", name="hubguard-bench", schedule_expression="rate(1 day)", state="DISABLED")
