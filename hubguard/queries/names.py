"""Where the trail's logs are and who answers: names that follow from account, region and organization."""

from __future__ import annotations

from typing import Final

TABLE: Final = "cloudtrail"
"""The table over the trail's log files, in the organization's database."""


def log_bucket(account: str, region: str) -> str:
    """Name of the bucket that keeps the trail; bucket names are unique in all of AWS."""
    return f"hubguard-audit-{account}-{region}"


def trail_prefix(account: str) -> str:
    """What the key of every log file of the account starts with (CloudTrail's own layout).

    A region, a day as `yyyy/mm/dd` and the file's name follow. Digest files have a prefix of their own.
    """
    return f"AWSLogs/{account}/CloudTrail/"


def database(organization: str) -> str:
    """Name of the Glue database: Glue and Athena take small letters, digits and underscores."""
    return f"hubguard_{organization.lower().replace('-', '_').replace('.', '_')}"


def workgroup(organization: str) -> str:
    """Name of the Athena workgroup that asks."""
    return f"hubguard-{organization}"


def secret_prefix(organization: str) -> str:
    """What the name of every token's secret starts with; the token's name follows."""
    return f"hubguard/{organization}/"
