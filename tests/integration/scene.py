"""Who acts in the provisioned account, and what they find in the mailbox afterwards."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import boto3

from components.documents.statements import allow, document, text
from components.events import rules
from tests.integration.access.calls import made_up_value
from tests.integration.access.principals import Account, Keys
from tests.integration.inbox import SOON, Inbox
from tests.integration.tampering import NAMES, SECRETS, SETTINGS, Acting, Steps
from tests.integration.walkthrough import Walk

RULES = {rule.name: rule for rule in rules.rules(SETTINGS.tokens, NAMES)}
LABEL = "ALARMED"  # a staging label of our own: the value under AWSCURRENT stays what it was
_EVERYTHING = text(document(allow("Everything", ["*"], "*")))
_LINE = re.compile(
    r"Hubguard [\w.-]+: [^\n]+ from 127\.0\.0\.1 in [a-z]+-[a-z]+-\d at (?P<moment>\S+Z)\."
    r" Error, if it failed: (?P<error>\w*)\. CloudTrail event [0-9a-f-]{36}"
)


@dataclass
class Scene:
    """The provisioned account, those who act in it, and the mailbox.

    Attributes:
        account: the principals of the access matrix, an administrator made by hand among them.
        others: keys of those whom the matrix does not have: `root`, `user` (of IAM, who may do everything)
            and `janitor`, an administrator who undoes what others did.
        inbox: where alarms arrive.
        value: what lies in every secret under the label `LABEL`.
    """

    account: Account
    others: dict[str, Keys] = field(repr=False)
    inbox: Inbox
    value: str = field(repr=False)

    def __post_init__(self) -> None:
        self.arn = cache(self._arn)
        self.janitor = self.acting("janitor")

    def acting(self, who: str, region: str = NAMES.region) -> Acting:
        """The clients of a principal of the matrix, or of one of the others."""
        keys = self.others.get(who) or self.account.session(who)  # type: ignore[arg-type]  # by its name
        session: Any = boto3  # its types want the service as a literal
        return partial(session.client, region_name=region, endpoint_url=self.account.endpoint, **keys)

    def alarm(self, rule: str, event: str, who: str, cause: Callable[[], object]) -> re.Match[str]:
        """Cause something and read its alarm, which is one line of what, who, from where and when.

        Args:
            rule: the rule that tells of it.
            event: the call, as CloudTrail names it.
            who: who does it.
            cause: does it.
        """
        said, by = RULES[rule].what, f" by {self.arn(who)} ("
        line = self.inbox.after(cause, f"Hubguard {NAMES.organization}: {said}. {event} ", by)
        found = _LINE.fullmatch(line)
        assert found, line
        assert abs(datetime.now(UTC) - datetime.fromisoformat(found["moment"])) < timedelta(seconds=2 * SOON)
        return found

    def count(self, count: str, cause: Callable[[], object]) -> str:
        """Cause something and read what the alarm on a count says."""
        alarm = f"ALARM {NAMES.alarm(count)}: "
        self.settle()
        while self.inbox.take(alarm):
            pass
        # An alarm that is on already says nothing.
        self.janitor("cloudwatch").set_alarm_state(
            AlarmName=NAMES.alarm(count), StateValue="OK", StateReason="put back by hand"
        )
        return self.inbox.after(cause, alarm)

    def silence(self, cause: Callable[[], object]) -> list[str]:
        """Do something and read all that it sets off."""
        self.settle()
        self.inbox.clear()
        cause()
        self.settle()
        return self.inbox.clear()

    def settle(self) -> None:
        """Wait until all that happened is in the mailbox, in the log group, and counted."""
        mark, logs = f"settled-{uuid.uuid4().hex}", self.janitor("logs")
        none = NAMES.alarm(mark)
        self.inbox.after(lambda: self.janitor("cloudwatch").delete_alarms(AlarmNames=[none]), none)
        start = time.monotonic()
        while not logs.filter_log_events(logGroupName=NAMES.log_group, filterPattern=f'"{mark}"')["events"]:
            assert time.monotonic() - start < SOON, "the trail does not reach its log group"
            time.sleep(0.2)

    def _arn(self, who: str) -> str:
        return str(self.acting(who)("sts").get_caller_identity()["Arn"])


class Doing(ExitStack):
    """Does things, and undoes them at the end, in reverse order, whatever came of the rest.

    Attributes:
        what: what the last one was done to.
    """

    what = ""

    def begin(self, steps: Steps) -> None:
        """Do something; it is undone if it was done."""
        self.what = next(steps)
        self.callback(next, steps, None)


@contextmanager
def staged(walk: Walk) -> Iterator[Scene]:
    """Make the mailbox, two administrators and an IAM user by hand, put a value, and take all away again."""
    url = walk.status("aws")["url"]
    account, other = (Account(url, SETTINGS, walk.administrator()) for _ in range(2))
    iam, user = account.client("iam"), f"builder-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="everything", PolicyDocument=_EVERYTHING)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    others = {"root": account.root, "user": keys, "janitor": other.session("administrator")}
    scene = Scene(account, others, Inbox(account), made_up_value())
    put = scene.acting("operator")("secretsmanager")
    versions = {
        name: put.put_secret_value(SecretId=name, SecretString=scene.value, VersionStages=[LABEL])[
            "VersionId"
        ]
        for name in SECRETS.values()
    }
    yield scene
    for name, version in versions.items():
        put.update_secret_version_stage(SecretId=name, VersionStage=LABEL, RemoveFromVersionId=version)
    scene.inbox.close()
    iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=user, PolicyName="everything")
    iam.delete_user(UserName=user)
    for role in (one.administrator.rpartition("/")[2] for one in (account, other)):
        iam.delete_role_policy(RoleName=role, PolicyName="everything")
        iam.delete_role(RoleName=role)
