"""Refusals, in the form that `huggingface_hub` tells apart.

The client reads the status, the headers `X-Error-Code` and `X-Error-Message`, and `error` in the body.
"""

from __future__ import annotations

from starlette.responses import JSONResponse

# The client compares with this text to tell a bad token from a repository that it may not see.
_BAD_CREDENTIALS = "Invalid credentials in Authorization header"


class HubError(Exception):
    """A refusal, on its way to becoming an answer.

    Attributes:
        status: the HTTP status.
        message: one sentence for the caller; of what was sent it quotes names at most.
        code: the Hub's error code, where it has one.
        extra: further fields of the body.
    """

    def __init__(
        self, status: int, message: str, *, code: str | None = None, extra: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.extra = extra or {}

    def response(self) -> JSONResponse:
        """The answer for the caller."""
        # A header takes Latin-1 on one line; a message may quote a name that is not.
        plain = " ".join(self.message.split()).encode("ascii", "replace").decode()
        headers = {"X-Error-Message": plain}
        if self.code is not None:
            headers["X-Error-Code"] = self.code
        if self.status == 401:  # noqa: PLR2004  the status itself
            headers["WWW-Authenticate"] = 'Bearer realm="Authentication required"'
        return JSONResponse({"error": self.message, **self.extra}, self.status, headers)


def invalid(message: str) -> HubError:
    """400: the request does not make sense."""
    return HubError(400, message)


def bad_credentials() -> HubError:
    """401: the token is unknown, revoked or malformed."""
    return HubError(401, _BAD_CREDENTIALS)


def token_required() -> HubError:
    """401: this call needs a token and none was sent."""
    return HubError(401, "Please log in: this call needs a token.")


def plan_required(feature: str, plan: str) -> HubError:
    """402: the organization's plan does not have the feature."""
    return HubError(402, f"{feature} is part of the {plan} plan. Upgrade the organization to use it.")


def forbidden(message: str) -> HubError:
    """403: the caller is known and may not do this."""
    return HubError(403, message)


def not_found(what: str) -> HubError:
    """404: there is no such thing, or none that the caller may know of."""
    return HubError(404, f"{what} not found")


def repository_not_found(*, authenticated: bool) -> HubError:
    """The same answer for a missing repository and for one that the caller must not know of.

    Without a token the Hub says 401. The client takes that for "not found" only on HTTPS addresses,
    so the code is sent along, and the caller meets the same error class here as there.
    """
    if authenticated:
        return HubError(404, "Repository not found", code="RepoNotFound")
    return HubError(401, "Please log in: there is nothing here for you.", code="RepoNotFound")


def gated(repository_id: str) -> HubError:
    """403: the repository is there, but access has to be granted first."""
    return HubError(
        403,
        f"Access to {repository_id} is restricted and you are not on its list. Ask on its page.",
        code="GatedRepo",
    )


def conflict(message: str, extra: dict[str, str] | None = None) -> HubError:
    """409: it is there already."""
    return HubError(409, message, extra=extra)


def too_many_requests(quota: int, window: int) -> HubError:
    """429: the caller's quota of this window is used up."""
    return HubError(429, f"Rate limit reached: {quota} requests in {window} seconds.")
