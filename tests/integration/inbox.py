"""What arrives in the mailbox of those who hear of alarms: a queue subscribed to the stack's topic."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from components.documents.statements import allow, document, text
from tests.integration.access.principals import Account

SOON = 10  # seconds, within which an alarm has to be there
_POLL = 0.2  # seconds
_BATCH = 10  # messages, the most that SQS hands out at once


class Inbox:
    """A queue that gets what the topic sends.

    Attributes:
        slowest: the longest that an alarm was waited for, in seconds since its call was answered.
        everything: all messages that ever came, as they were sent.
    """

    slowest: float
    everything: list[str]

    def __init__(self, account: Account) -> None:
        """Make the queue as the account's root, and subscribe it."""
        self.slowest, self.everything = 0.0, []
        self._lines: list[str] = []
        self._sqs, self._sns = account.client("sqs"), account.client("sns")
        name, topic = f"inbox-{uuid.uuid4().hex[:8]}", account.names.topic_arn
        arn = f"arn:aws:sqs:{account.desired.region}:{account.desired.account}:{name}"
        policy = allow(
            "TheTopicSends",
            ["sqs:SendMessage"],
            arn,
            principal={"Service": "sns.amazonaws.com"},
            condition={"ArnEquals": {"aws:SourceArn": topic}},
        )
        attributes = {"Policy": text(document(policy))}
        self._url = self._sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self._subscription = self._sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]

    def close(self) -> None:
        """End the subscription and delete the queue."""
        self._sns.unsubscribe(SubscriptionArn=self._subscription)
        self._sqs.delete_queue(QueueUrl=self._url)

    def after(self, cause: Callable[[], object], *parts: str) -> str:
        """Cause something and wait for what is said about it.

        Args:
            cause: what sets an alarm off.
            parts: what the message has in it; there must be no such message before.
        """
        before = self.take(*parts)
        assert before is None, f"there was an alarm before its cause: {before}"
        cause()
        start = time.monotonic()
        while (found := self.take(*parts)) is None:
            said = "\n".join(self._lines)
            assert time.monotonic() - start < SOON, f"no alarm with {parts} in {SOON} seconds, but:\n{said}"
            time.sleep(_POLL)
        self.slowest = max(self.slowest, time.monotonic() - start)
        return found

    def take(self, *parts: str) -> str | None:
        """Remove the first message that has all of these in it; None where there is none."""
        self._receive()
        found = next((line for line in self._lines if all(part in line for part in parts)), None)
        if found is not None:
            self._lines.remove(found)
        return found

    def clear(self) -> list[str]:
        """Remove all messages."""
        self._receive()
        found, self._lines = self._lines, []
        return found

    def _receive(self) -> None:
        queue = {"QueueUrl": self._url}
        while found := self._sqs.receive_message(**queue, MaxNumberOfMessages=_BATCH).get("Messages"):
            self._sqs.delete_message_batch(
                **queue,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]}
                    for number, one in enumerate(found)
                ],
            )
            self.everything += [one["Body"] for one in found]
            self._lines += [_read(one["Body"]) for one in found]


def _read(body: str) -> str:
    """The line that a rule sent, or what CloudWatch says of its alarm."""
    message: Any = json.loads(body)
    if isinstance(message, str):
        return message
    return f"{message['NewStateValue']} {message['AlarmName']}: {message['AlarmDescription']}"
