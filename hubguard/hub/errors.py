"""What can go wrong in a call to the Hub, told apart by what a person does next."""

from __future__ import annotations

from hubguard.errors import HubguardError


class HubError(HubguardError):
    """Base of the Hub's errors; raised itself for answers that no subclass names."""


class Unauthorized(HubError):
    """401: the Hub does not accept the token."""


class PaymentRequired(HubError):
    """402: the organization's plan does not have this."""


class Forbidden(HubError):
    """403: the token is good, its rights are not enough."""


class NotVisible(HubError):
    """404 or 405: not there, not offered, or not visible to this token. By itself it never means deleted."""


class Conflict(HubError):
    """409: it exists already, or somebody else changed it first."""


class Refused(HubError):
    """400 or 422: the Hub did not understand or accept the request."""


class RateLimited(HubError):
    """429, still after waiting for the reset that the Hub names."""


class Unavailable(HubError):
    """5xx or no connection, still after retries."""


class MalformedAnswer(HubError):
    """The answer is not what the Hub's documentation promises: nothing may be concluded from it."""


def from_status(status: int, call: str) -> HubError:
    """The error for an HTTP status.

    Args:
        status: the HTTP status, 400 or above.
        call: method and path, without query or host.
    """
    kind, means, next_step = _BY_STATUS.get(status, _SERVER if status >= 500 else _OTHER)  # noqa: PLR2004
    return kind(f"The Hub answered {status} to {call}", means=means, next_step=next_step)


_SERVER = (
    Unavailable,
    "The Hub is in trouble; retries did not help",
    "Run the same command again later: nothing is lost",
)
_OTHER = (HubError, "", "Ask the Hub's support with the request id in hubguard's log")
_BY_STATUS: dict[int, tuple[type[HubError], str, str]] = {
    400: (Refused, "The request was not understood", "Report it: the Hub's API may have changed"),
    401: (
        Unauthorized,
        "The token in HF_TOKEN is not valid, or no longer",
        "Make a new one at https://huggingface.co/settings/tokens and set HF_TOKEN",
    ),
    402: (
        PaymentRequired,
        "The organization's plan does not have this",
        "State the plan in hubguard:organization.plan, or change it on the organization's billing page",
    ),
    403: (
        Forbidden,
        "The token is accepted, its rights are not enough",
        "Use a token of an organization admin with organization write access",
    ),
    404: (
        NotVisible,
        "It does not exist, or this token may not see it",
        "Check the name, and that the token's owner is an admin of the organization",
    ),
    405: (
        NotVisible,
        "The Hub does not offer this call, or not on the organization's plan",
        "Do it on the organization's settings page",
    ),
    409: (Conflict, "It exists already or was changed meanwhile", "Run the same command again"),
    422: (Refused, "The Hub refused a value", "Check the names in the stack's configuration"),
    429: (RateLimited, "The quota of this token is used up", "Wait five minutes and run it again"),
}
