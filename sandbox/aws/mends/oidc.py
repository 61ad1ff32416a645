"""Changing an OpenID Connect provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import iam

from sandbox.aws.mends.expect import expect_actions, expect_function, unexpected

if TYPE_CHECKING:
    from collections.abc import Callable

    Parameters = dict[str, Any]
    Provider = dict[str, Any]


def provider_can_change() -> None:
    """Add the calls that change an OpenID Connect provider.

    AWS: client ids, thumbprints and tags of a provider change one call at a time.
    MiniStack: a provider can only be created, read and deleted.
    """
    actions = expect_actions(iam, "_IAM_HANDLERS", "CreateOpenIDConnectProvider")
    expect_function(iam, "_p", "params", "key", "default")
    expect_function(iam, "_extract_tags", "p")
    expect_function(iam, "_extract_tag_keys", "p")
    if not hasattr(iam, "_oidc_providers"):
        raise unexpected("it keeps its OpenID Connect providers elsewhere")
    changes: dict[str, Callable[[Provider, Parameters], None]] = {
        "AddClientIDToOpenIDConnectProvider": _add_client,
        "RemoveClientIDFromOpenIDConnectProvider": _remove_client,
        "UpdateOpenIDConnectProviderThumbprint": _set_thumbprints,
        "TagOpenIDConnectProvider": _tag,
        "UntagOpenIDConnectProvider": _untag,
    }
    for action, change in changes.items():
        if action in actions:
            raise unexpected(f"it has learned {action}")
        actions[action] = _handler(action, change)


def _handler(action: str, change: Callable[[Provider, Parameters], None]) -> Callable[[Parameters], Any]:
    def handle(parameters: Parameters) -> Any:
        arn = iam._p(parameters, "OpenIDConnectProviderArn")  # noqa: SLF001
        provider = iam._oidc_providers.get(arn)  # noqa: SLF001
        if provider is None:
            return iam._error(404, "NoSuchEntity", f"OIDC provider {arn} not found.", ns="iam")  # noqa: SLF001
        change(provider, parameters)
        return iam._xml(200, f"{action}Response", "", ns="iam")  # noqa: SLF001

    return handle


def _add_client(provider: Provider, parameters: Parameters) -> None:
    client = iam._p(parameters, "ClientID")  # noqa: SLF001
    if client not in provider["ClientIDList"]:
        provider["ClientIDList"].append(client)


def _remove_client(provider: Provider, parameters: Parameters) -> None:
    client = iam._p(parameters, "ClientID")  # noqa: SLF001
    provider["ClientIDList"] = [known for known in provider["ClientIDList"] if known != client]


def _set_thumbprints(provider: Provider, parameters: Parameters) -> None:
    found: list[str] = []
    while thumbprint := iam._p(parameters, f"ThumbprintList.member.{len(found) + 1}"):  # noqa: SLF001
        found.append(thumbprint)
    provider["ThumbprintList"] = found


def _tag(provider: Provider, parameters: Parameters) -> None:
    new = iam._extract_tags(parameters)  # noqa: SLF001
    names = {tag["Key"] for tag in new}
    kept = [tag for tag in provider.get("Tags") or [] if tag["Key"] not in names]
    provider["Tags"] = kept + new


def _untag(provider: Provider, parameters: Parameters) -> None:
    names = iam._extract_tag_keys(parameters)  # noqa: SLF001
    provider["Tags"] = [tag for tag in provider.get("Tags") or [] if tag["Key"] not in names]
