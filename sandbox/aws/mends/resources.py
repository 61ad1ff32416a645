"""The ARN of what a call is about, as IAM policies see it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from ministack.core import iam_actions
from ministack.services import iam

from sandbox.aws.mends.expect import expect_function, unexpected

Fields = Mapping[str, Any]
Place = tuple[str, str]  # region, account


def resources_have_their_real_arns() -> None:
    """Judge a call on the ARN that AWS judges it on (Service Authorization Reference).

    MiniStack: roles lose their path, rules of the default bus get a bus, and aliases, OIDC providers,
    databases, workgroups, lists of alarms and whatever is tagged by its ARN count as `*`. A policy that
    names them then never applies, neither to allow nor to deny.
    """
    given = expect_function(
        iam_actions,
        "extract_resource_arn",
        *("service", "method", "path", "headers", "body", "query_params", "region", "account_id"),
    )
    if not hasattr(iam, "_roles"):
        raise unexpected("it keeps its roles elsewhere")

    def extract(
        service: str,
        method: str,
        path: str,
        headers: dict[str, Any],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        find = _FINDERS.get(service)
        if find:
            found = find(_fields(body, query_params), (region, account_id))
            if found:
                return found
        return str(given(service, method, path, headers, body, query_params, region, account_id))

    iam_actions.extract_resource_arn = extract


def _fields(body: bytes, parameters: Mapping[str, Any]) -> Fields:
    """The call's parameters, from a JSON body or a form."""
    form = {name: value[0] if isinstance(value, list) else value for name, value in parameters.items()}
    try:
        document = json.loads(body) if body[:1] == b"{" else {}
    except ValueError:
        document = {}
    return form | document if isinstance(document, dict) else form


def _iam(fields: Fields, place: Place) -> str | None:
    account = place[1]
    path = fields.get("Path") or "/"
    if name := fields.get("RoleName"):
        role = iam._roles.get(name)  # noqa: SLF001  no public way to ask
        return str(role["Arn"]) if role else f"arn:aws:iam::{account}:role{path}{name}"
    if (name := fields.get("PolicyName")) and "UserName" not in fields and "GroupName" not in fields:
        return f"arn:aws:iam::{account}:policy{path}{name}"
    if arn := fields.get("OpenIDConnectProviderArn"):
        return str(arn)
    if url := fields.get("Url"):
        return f"arn:aws:iam::{account}:oidc-provider/{str(url).removeprefix('https://')}"
    return None


def _events(fields: Fields, place: Place) -> str | None:
    if arn := fields.get("ResourceARN"):
        return str(arn)
    name = fields.get("Rule") or fields.get("Name")
    bus = fields.get("EventBusName") or "default"
    if not name or "Entries" in fields:
        return None
    return ":".join(("arn:aws:events", *place, f"rule/{name}" if bus == "default" else f"rule/{bus}/{name}"))


def _kms(fields: Fields, place: Place) -> str | None:
    name = fields.get("AliasName")
    return ":".join(("arn:aws:kms", *place, str(name))) if name else None


def _sns(fields: Fields, _place: Place) -> str | None:
    return fields.get("ResourceArn")


def _glue(fields: Fields, place: Place) -> str | None:
    if arn := fields.get("ResourceArn"):
        return str(arn)
    made = fields.get("DatabaseInput") or {}
    database = fields.get("DatabaseName") or fields.get("Name") or made.get("Name")
    return ":".join(("arn:aws:glue", *place, f"database/{database}")) if database else None


def _athena(fields: Fields, place: Place) -> str | None:
    if arn := fields.get("ResourceARN"):
        return str(arn)
    # A named query belongs to its workgroup; only a workgroup is made by a name alone.
    name = fields.get("Name") if "QueryString" not in fields else None
    return ":".join(("arn:aws:athena", *place, f"workgroup/{name}")) if name else None


def _cloudtrail(fields: Fields, _place: Place) -> str | None:
    listed: list[str | None] = fields.get("ResourceIdList") or [fields.get("ResourceId")]
    return listed[0]


def _monitoring(fields: Fields, place: Place) -> str | None:
    if arn := fields.get("ResourceARN"):
        return str(arn)
    alarms = fields.get("AlarmNames")
    return ":".join(("arn:aws:cloudwatch", *place, f"alarm:{alarms[0]}")) if alarms else None


_FINDERS: Final[dict[str, Callable[[Fields, Place], str | None]]] = {
    "athena": _athena,
    "cloudtrail": _cloudtrail,
    "events": _events,
    "glue": _glue,
    "iam": _iam,
    "kms": _kms,
    "monitoring": _monitoring,
    "sns": _sns,
}
