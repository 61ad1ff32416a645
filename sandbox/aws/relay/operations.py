"""Which operation a request asks for, with which parameters."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from sandbox.aws.relay import names
from sandbox.aws.relay.shapes import Shown, from_form

if TYPE_CHECKING:
    from sandbox.aws.relay.calls import Request

# Where MiniStack's name of a service is not the model's.
_MODELS = {"monitoring": "cloudwatch", "states": "stepfunctions"}
_RPC = re.compile(r"/service/\w+/operation/(\w+)")
_PLACE = re.compile(r"\\\{(\w+)(\\\+)?\\\}")


@dataclass(frozen=True)
class Operation:
    """An operation as CloudTrail names it.

    Attributes:
        prefix: what precedes `.amazonaws.com` in the event source.
        name: the event name.
        withheld: texts of sensitive parameters, which must appear nowhere.
    """

    prefix: str
    name: str
    read_only: bool
    parameters: dict[str, Any] | None
    withheld: frozenset[str]


def operation(request: Request) -> Operation | None:
    """Read a request.

    Returns:
        The operation; None for data events and for what AWS does not know.
    """
    model = _model(_MODELS.get(request.service, request.service))
    if model is None:
        return None
    found = _find(model, request)
    if found is None:
        return None
    api, value = found
    prefix = str(model.endpoint_prefix)
    shape = api.input_shape
    if names.is_data(prefix, api.name) or (prefix == "s3" and shape is not None and "Key" in shape.members):
        return None
    shown = Shown()
    parameters = shown.structure(shape, value) if shape is not None else {}
    if prefix == "s3":
        parameters = _bucket_parameters(request, parameters)
    return Operation(
        prefix=prefix,
        name=names.event_name(prefix, api.name),
        read_only=names.is_read(prefix, api.name),
        parameters=parameters or None,
        withheld=frozenset(shown.withheld),
    )


@cache
def _model(service: str) -> ServiceModel | None:
    try:
        return ServiceModel(Loader().load_service_model(service, "service-2"), service)
    except UnknownServiceError:
        return None


def _find(model: ServiceModel, request: Request) -> tuple[OperationModel, dict[str, Any]] | None:
    """The operation and its parameters by their names on the wire."""
    form = _form(request)
    name = request.headers.get("x-amz-target", "").rpartition(".")[2] or form.get("Action", "")
    if not name and (rpc := _RPC.fullmatch(request.path)):
        name = rpc[1]
    if not name:
        return _by_path(model, request)
    if name not in model.operation_names:
        return None
    api = model.operation_model(name)
    if "Action" in form:
        return api, from_form(api.input_shape, form) if api.input_shape else {}
    return api, _document(request.body)


def _form(request: Request) -> dict[str, str]:
    fields = {key: values[0] for key, values in request.query.items() if values}
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        fields.update(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
    return fields


def _document(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:  # no JSON: MiniStack refuses the call, and the record has no parameters
        return {}
    return value if isinstance(value, dict) else {}


def _by_path(model: ServiceModel, request: Request) -> tuple[OperationModel, dict[str, Any]] | None:
    """A REST operation: of those that fit, the one with the most fixed parts."""
    best: tuple[int, OperationModel, dict[str, Any]] | None = None
    for route in _routes(model.service_name):
        match = (
            route.path.fullmatch(request.path.rstrip("/") or "/") if route.method == request.method else None
        )
        if match is None or not route.fits(request):
            continue
        if best is None or route.weight > best[0]:
            places = {name: unquote(text) for name, text in match.groupdict().items()}
            best = (route.weight, model.operation_model(route.operation), places)
    if best is None:
        return None
    _, api, places = best
    return api, {**_document(request.body), **places} if model.metadata["protocol"] == "rest-json" else places


@dataclass(frozen=True)
class _Route:
    operation: str
    method: str
    path: re.Pattern[str]
    query: tuple[tuple[str, str], ...]
    weight: int

    def fits(self, request: Request) -> bool:
        """Whether the fixed parts of the query are there."""
        return all(
            name in request.query and value in {"", *request.query[name]} for name, value in self.query
        )


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    model = _model(service)
    return tuple(_route(model.operation_model(name)) for name in model.operation_names) if model else ()


def _route(api: OperationModel) -> _Route:
    address = urlsplit(api.http["requestUri"])
    query = tuple(parse_qsl(address.query, keep_blank_values=True))
    path = _PLACE.sub(
        lambda place: f"(?P<{place[1]}>{'.+' if place[2] else '[^/]+'})",
        re.escape(address.path.rstrip("/") or "/"),
    )
    fixed = len(re.sub(r"\{[^}]*\}", "", address.path))
    return _Route(api.name, api.http["method"], re.compile(path), query, 1000 * len(query) + fixed)


def _bucket_parameters(request: Request, places: dict[str, Any]) -> dict[str, Any]:
    """S3 has its own way: the host, the bucket, and each part of the query."""
    shown: dict[str, Any] = {"Host": request.headers.get("host", "")}
    if "bucket" in places:
        shown["bucketName"] = places["bucket"]
    shown |= {
        name: values[0]
        for name, values in request.query.items()
        if not name.lower().startswith(("x-", "signature", "awsaccesskeyid"))
    }
    if "policy" in request.query and request.body:
        shown["bucketPolicy"] = _document(request.body)
    return shown
