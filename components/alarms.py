"""Alarms: what should not happen, in somebody's mailbox within a minute."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.documents import delivery
from components.documents.statements import text
from components.documents.topic import topic_policy
from components.events import patterns, rules
from components.events.counts import Count, counts, filter_pattern
from components.names import Names
from components.parts.service_role import service_role
from components.settings import Contacts, Token
from hubguard import standards

_WITH_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


class Alarms(pulumi.ComponentResource):
    """Rules that react to one event, and alarms on counts; both go to one encrypted topic.

    Serves checklist items 1.3.5, 2.5.4 and 10.2.7.

    Attributes:
        topic: the topic that every alarm goes to.
    """

    topic: aws.sns.Topic

    def __init__(
        self,
        name: str,
        *,
        tokens: Sequence[Token],
        contacts: Contacts,
        names: Names,
        key: aws.kms.Key,
        log_group: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the alarms.

        Args:
            name: the component's name.
            tokens: the inventory.
            contacts: who hears of an alarm.
            names: the stack's names.
            key: the audit trail's key.
            log_group: name of the log group that the trail writes to.
            opts: options of the component.
        """
        super().__init__("hubguard:alarms:Alarms", name, None, opts)
        self._names = names
        self._inside = pulumi.ResourceOptions(parent=self)
        self.topic = self._topic(key, contacts)
        for rule in rules.rules(tokens, names):
            self._rule(rule)
        if names.forwarding_regions:
            self._forward()
        for count in counts(names):
            self._count(count, log_group)
        self.register_outputs({"topic": self.topic.arn})

    def _topic(self, key: aws.kms.Key, contacts: Contacts) -> aws.sns.Topic:
        names = self._names
        topic = aws.sns.Topic(
            "alarms",
            name=names.topic,
            kms_master_key_id=key.arn,
            policy=text(topic_policy(names)),
            tags=_tags(names),
            opts=self._inside,
        )
        for address in contacts.alarms:
            aws.sns.TopicSubscription(
                address, topic=topic.arn, protocol="email", endpoint=address, opts=self._inside
            )
        return topic

    def _rule(self, rule: rules.Rule) -> None:
        names = self._names
        made = aws.cloudwatch.EventRule(
            rule.name,
            name=names.rule(rule.name),
            description=f"{rule.what[0].upper()}{rule.what[1:]}",
            event_pattern=patterns.text(rule.pattern),
            state=_WITH_READS if rule.reads else "ENABLED",
            tags=_tags(names),
            opts=self._inside,
        )
        message = rules.message(rule, names)
        aws.cloudwatch.EventTarget(
            rule.name,
            rule=made.name,
            target_id="topic",
            arn=self.topic.arn,
            input_transformer={"input_paths": message.paths, "input_template": message.template},
            opts=self._inside,
        )

    def _forward(self) -> None:
        """Send on what happens in other regions: a rule reaches only the topics of its own."""
        names = self._names
        forwarding = service_role(
            "event-forwarder",
            "Sends events of other regions to the alarms",
            trust=delivery.forwarder_trust(names),
            permissions=delivery.forwarder_permissions(names),
            names=names,
            parent=self,
        )
        for region in names.forwarding_regions:
            what = f"{delivery.FORWARDER}-{region}"
            made = aws.cloudwatch.EventRule(
                what,
                name=names.rule(delivery.FORWARDER),
                description=f"What {names.region} has to hear of",
                event_pattern=patterns.text(patterns.forwarded(region, names)),
                state=_WITH_READS,
                region=region,
                tags=_tags(names),
                opts=self._inside,
            )
            aws.cloudwatch.EventTarget(
                what,
                rule=made.name,
                target_id="bus",
                arn=names.event_bus_arn,
                role_arn=names.role_arn("event-forwarder"),
                region=region,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[forwarding]),
            )

    def _count(self, count: Count, log_group: pulumi.Input[str]) -> None:
        names = self._names
        namespace = f"Hubguard/{names.organization}"
        aws.cloudwatch.LogMetricFilter(
            count.name,
            name=names.alarm(count.name),
            log_group_name=log_group,
            pattern=filter_pattern(count),
            metric_transformation={"name": count.name, "namespace": namespace, "value": "1"},
            opts=self._inside,
        )
        aws.cloudwatch.MetricAlarm(
            count.name,
            name=names.alarm(count.name),
            alarm_description=f"Hubguard {names.organization}: {count.what}",
            namespace=namespace,
            metric_name=count.name,
            statistic="Sum",
            period=standards.ALARM_PERIOD_SECONDS,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=count.threshold,
            # Nothing counted means that nothing happened.
            treat_missing_data="notBreaching",
            alarm_actions=[self.topic.arn],
            tags=_tags(names),
            opts=self._inside,
        )


def _tags(names: Names) -> dict[str, str]:
    return {"hubguard:organization": names.organization}
