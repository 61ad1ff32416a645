"""Subscriptions that nobody has confirmed yet."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import sns

from sandbox.aws.mends.expect import expect_function, unexpected

_OK = 200
_MAIL = ("email", "email-json")
_WAITS = "pending confirmation"


def mail_waits_for_its_confirmation() -> None:
    """Treat a subscription as pending until somebody follows the link in the mail.

    AWS: a subscription by mail gets nothing before it is confirmed; Subscribe gives its ARN at once only
    with ReturnSubscriptionArn; Unsubscribe refuses it.
    MiniStack: mail counts as confirmed, ReturnSubscriptionArn is not looked at, Unsubscribe ends it.
    """
    subscribe = expect_function(sns, "_subscribe", "params")
    unsubscribe = expect_function(sns, "_unsubscribe", "params")
    expect_function(sns, "_get_topic", "topic_arn", "action")
    expect_function(sns, "_find_subscription", "topic_arn", "sub_arn")
    expect_function(sns, "_refresh_subscription_counts", "topic")
    if not hasattr(sns, "_sub_arn_to_topic"):
        raise unexpected("it keeps its subscriptions elsewhere")

    def subscribe_waiting(params: Any) -> Any:
        known = _find(params)
        answer = subscribe(params)
        found = _find(params)
        if answer[0] != _OK or found is None:
            return answer
        if known is None and found["protocol"] in _MAIL:
            _make_wait(params, found)
        asked = _parameter(params, "ReturnSubscriptionArn") == "true"
        shown = found["arn"] if found["confirmed"] or asked else _WAITS
        result = f"<SubscribeResult><SubscriptionArn>{shown}</SubscriptionArn></SubscribeResult>"
        return sns._xml(_OK, "SubscribeResponse", result)  # noqa: SLF001  as all below

    def unsubscribe_confirmed(params: Any) -> Any:
        arn = _parameter(params, "SubscriptionArn")
        found = sns._find_subscription(sns._sub_arn_to_topic.get(arn) or "", arn)  # noqa: SLF001
        if found is not None and not found["confirmed"]:
            message = "Cannot unsubscribe a subscription that is pending confirmation"
            return sns._error("InvalidParameter", f"Invalid parameter: {message}", 400)  # noqa: SLF001
        return unsubscribe(params)

    sns._subscribe = subscribe_waiting  # noqa: SLF001
    sns._unsubscribe = unsubscribe_confirmed  # noqa: SLF001


def _find(params: Any) -> dict[str, Any] | None:
    """The subscription of the endpoint that a request names."""
    topic = _topic(params)
    wanted = (_parameter(params, "Protocol"), _parameter(params, "Endpoint"))
    subscriptions = topic["subscriptions"] if topic is not None else ()
    return next((one for one in subscriptions if (one["protocol"], one["endpoint"]) == wanted), None)


def _topic(params: Any) -> Any:
    return sns._get_topic(_parameter(params, "TopicArn"))[0]  # noqa: SLF001


def _make_wait(params: Any, subscription: dict[str, Any]) -> None:
    subscription["confirmed"] = False
    subscription["token"] = new_uuid()
    subscription["attributes"] |= {"PendingConfirmation": "true", "ConfirmationWasAuthenticated": "false"}
    sns._refresh_subscription_counts(_topic(params))  # noqa: SLF001


def _parameter(params: Any, name: str) -> str:
    return str(sns._p(params, name))  # noqa: SLF001
