"""One AWS resource and nothing else: what Pulumi's own template for AWS and Python makes."""

import pulumi_aws as aws

aws.s3.Bucket("bench", bucket="hubguard-bench")
