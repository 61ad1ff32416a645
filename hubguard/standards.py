"""Every number and word list of the checklist, once.

Settings, components, policies, checks and documents read them here; nothing else may state one.
The number behind a comment is the checklist item that it comes from.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

Role = Literal["no_access", "read", "contributor", "write", "admin"]
"""Roles of a member of a Hub organization, weakest first (Hub documentation, organizations-security)."""

ROLES: Final[tuple[str, ...]] = get_args(Role)

Plan = Literal["free", "team", "enterprise", "plus"]
"""Plans of a Hub organization, as `whoami-v2` names them, and `free` where it names none."""

RepositoryType = Literal["model", "dataset", "space", "kernel", "bucket"]
"""Types that the organization's repository listing returns."""

OPEN_VISIBILITIES: Final = frozenset({"public", "protected"})
"""`protected` shows a Space's running app to everybody: treated like `public`."""

PULL_REQUEST: Final = r"^https://github\.com/[\w.-]+/[\w.-]+/pull/[1-9]\d*$"
"""What an approval names (3.3.2). That it approves is GitHub's word, not the address's."""

# A plan above these stops before its first call unless the configuration states the counts:
# a truncated listing must not empty a team.
DEMOTIONS_MAX: Final = 3
CLOSURES_MAX: Final = 10
SHARE_MAX: Final = 0.10

TOKEN_PERIOD_DAYS: Final = 90  # 2.4.2, 2.4.3; the stricter reading for every token in a vault
LOCAL_TOKEN_PERIOD_DAYS: Final = 365  # 2.4.1, read tokens on a developer's machine

SECRET_RECOVERY_DAYS: Final = 30
SESSION_SECONDS: Final = 3600
RETENTION_MIN_DAYS: Final = 365  # 8.3.4
RETENTION_MAX_DAYS: Final = 3650
RETENTION_DAYS: Final = 400  # a year, and time to notice that the year is over
COLD_STORAGE_AFTER_DAYS: Final = 90
UNFINISHED_UPLOAD_DAYS: Final = 7
ANSWERS_DAYS: Final = 30  # an answer from the logs can be asked for again
QUERY_BYTES_MAX: Final = 100 * 1024**3  # what one question may read; more is a mistake
LOG_GROUP_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Retention periods that CloudWatch Logs has; there is none between."""

# Counts within one period that are worth an alarm. What one event is enough for has a rule instead.
ALARM_PERIOD_SECONDS: Final = 300
DENIED_READS: Final = 5  # 2.5.4
SIGN_IN_FAILURES: Final = 3  # 1.3.5
ROOT_USES: Final = 1  # 2.5.4
GUARD_CHANGES: Final = 1  # 10.2.7; alarms and the trail, in any region

EVENT_PATTERN_MAX: Final = 4096
"""Characters of an EventBridge pattern: its own limit."""

REVIEWS_MIN: Final = 1
REVIEWS_MAX: Final = 10  # GitHub's own limit of required approvals in a ruleset

HUB_URL: Final = "https://huggingface.co"
GITHUB_URL: Final = "https://api.github.com"

HUB_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"  # of an organization or a member
TOKEN_NAME: Final = r"[a-z0-9][a-z0-9-]{2,62}"  # noqa: S105  of an entry of the inventory

TOKEN_PREFIXES: Final = ("hf_", "api_org_")  # 2.2.6; `hf_` covers hf_jwt_ and hf_oauth_
# The checklist says 34 to 40 characters; exchanged tokens are longer.
TOKEN_PATTERN: Final = r"(?:hf_|api_org_)[A-Za-z0-9_.-]{30,}"  # noqa: S105  what one looks like
