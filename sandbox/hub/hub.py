"""The parts of one running local Hub, and how a request handler reaches them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.hub.errors import HubError, invalid, not_found, token_required
from sandbox.hub.faults import Faults
from sandbox.hub.limits import QUOTAS, WINDOW, Limits
from sandbox.hub.paging import DEFAULT_LIMIT
from sandbox.hub.rights import Caller, Rights

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.hub.model import Organization
    from sandbox.hub.store import Store

_LARGEST_BODY = 1_000_000


class Body(BaseModel):
    """A request body whose fields are all known: a misspelt one is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Switches(Body):
    """What can be turned while the Hub runs. None means: as the real Hub does it.

    Attributes:
        quota: requests in a window, whatever the plan.
        window: seconds of a window.
        whoami_quota: a smaller quota for `whoami-v2` alone; the real one is strict and unpublished.
        page_limit: most items on a page.
        member_calls: whether inviting and removing members is there at all; the Hub announced the
            two calls and does not describe them.
    """

    quota: int | None = None
    window: int = WINDOW
    whoami_quota: int | None = None
    page_limit: int = DEFAULT_LIMIT
    member_calls: bool = True


@dataclass
class Hub:
    """One running Hub. `restart` puts the seed back and returns the new generation."""

    store: Store
    generation: str
    restart: Callable[[], str]
    switches: Switches = field(default_factory=Switches)
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    requests: Counter[str] = field(default_factory=Counter)

    def quota(self, caller: Caller) -> int:
        """How many requests the caller has in a window: the best of all its plans."""
        if self.switches.quota is not None:
            return self.switches.quota
        if caller.account is None:
            return QUOTAS["anonymous"]
        plans = {
            organization.plan
            for organization in self.store.state.organizations.values()
            if caller.name in organization.members
        }
        names = plans | ({"pro"} if caller.account.pro else {"free"})
        return max(QUOTAS[name] for name in names)


def hub_of(request: Request) -> Hub:
    """The Hub that answers this request."""
    return cast("Hub", request.app.state.hub)


def caller_of(request: Request) -> Caller:
    """Who sent the request; the middleware has checked the token already."""
    return cast("Caller", request.state.caller)


def rights_of(request: Request) -> Rights:
    """What the caller may do."""
    return Rights(hub_of(request).store, caller_of(request))


def known_caller(request: Request) -> Caller:
    """The caller, who must have sent a token.

    Raises:
        HubError: 401 without one.
    """
    caller = caller_of(request)
    if not caller.known:
        raise token_required()
    return caller


def organization_of(request: Request) -> Organization:
    """The organization that the path names.

    Raises:
        HubError: 404 when there is none.
    """
    found = hub_of(request).store.organization(request.path_params["organization"])
    if found is None:
        raise not_found("Organization")
    return found


_BodyT = TypeVar("_BodyT", bound=BaseModel)


async def body_of(request: Request, model: type[_BodyT]) -> _BodyT:
    """The body, checked.

    Raises:
        HubError: 400 that names the fields that are wrong, and none of the values.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LARGEST_BODY:
            raise HubError(413, "The body is too large")
    try:
        return model.model_validate_json(bytes(content) or b"{}")
    except ValidationError as error:
        raise invalid(_complaint(error)) from None


def _complaint(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in found)
