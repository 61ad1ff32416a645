"""What a handler gets and gives, and how GitHub says no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlencode

from sandbox.github.model import Environment, Organization, Repository, State
from sandbox.github.tokens import Caller

DOCS = "https://docs.github.com/rest"
_DEFAULT_PAGE, _LARGEST_PAGE = 30, 100

T = TypeVar("T")


class Refusal(Exception):
    """GitHub's answer when it does not do what was asked.

    Args:
        status: the HTTP status.
        message: GitHub's own words where they are known.
        errors: details of a 422.
        docs: where it points to; the route's own page when None.
    """

    def __init__(
        self, status: int, message: str, errors: list[Any] | None = None, docs: str | None = None
    ) -> None:
        self.status = status
        self.message = message
        self.errors = errors
        self.docs = docs
        super().__init__(message)

    def body(self, docs: str) -> dict[str, Any]:
        """The JSON that GitHub sends with it."""
        details = {} if self.errors is None else {"errors": self.errors}
        pointer = self.docs or docs
        return {"message": self.message, **details, "documentation_url": pointer, "status": str(self.status)}


def not_found() -> NoReturn:
    """It does not exist, or not for this caller; GitHub does not say which."""
    raise Refusal(404, "Not Found")


def misshapen(where: str) -> NoReturn:
    """A part of the body has a shape that GitHub's description does not allow.

    Args:
        where: the part, as a path from the body's root.
    """
    raise Refusal(422, f"Invalid request.\n\nInvalid property {where}: data matches no possible input.")


def invalid(*errors: Any) -> NoReturn:
    """The request is well-formed, and what it asks for cannot be."""
    raise Refusal(422, "Validation Failed", list(errors))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; no body means an empty one, not JSON's null."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Allowance:
    """One caller's hour of calls.

    Attributes:
        ends: when the next hour begins, in Unix seconds.
        used: calls so far.
    """

    ends: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One request, after authentication.

    Attributes:
        state: what is remembered; changed in place.
        caller: who asks.
        allowance: the caller's running hour.
        limit: calls that an hour has.
        params: the path's parts by name, decoded.
        query: the query's first values by name.
        body: the JSON object that was sent, empty when none was.
        host: scheme, host and port that the caller used, without a slash at the end.
        url: the path that was asked for, for the links between pages.
    """

    state: State
    caller: Caller
    allowance: Allowance
    limit: int
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    host: str
    url: str

    @property
    def api(self) -> str:
        """Where the REST API begins."""
        return f"{self.host}/api/v3"

    @property
    def organization(self) -> Organization:
        """The organization that the path names, by login or number."""
        known = self.state.organization
        named = self.params.get("org", "").lower() == known.login.lower()
        if named or self.params.get("organization_id") == str(known.id):
            return known
        not_found()

    @property
    def owned_organization(self) -> Organization:
        """The same, for callers who may administer it; to others it is not there."""
        if not self.caller.owns_organization:
            not_found()
        return self.organization

    @property
    def repository(self) -> Repository:
        """The repository that the path names, by owner and name or by number, if the caller sees it."""
        for known in self.state.repositories:
            named = (
                self.params.get("owner", "").lower() == self.state.organization.login.lower()
                and self.params.get("repo", "").lower() == known.name.lower()
            )
            if (named or self.params.get("repository_id") == str(known.id)) and self.caller.sees(
                self.state, known
            ):
                return known
        not_found()

    @property
    def administered_repository(self) -> Repository:
        """The same, for callers who may administer it."""
        repository = self.repository
        if not self.caller.administers(repository):
            raise Refusal(403, "Must have admin rights to Repository.")
        return repository

    @property
    def writable_repository(self) -> Repository:
        """The same, where it is not archived."""
        repository = self.administered_repository
        if repository.archived:
            raise Refusal(403, "Repository was archived so is read-only.")
        return repository

    def environment_of(self, repository: Repository) -> Environment:
        """The environment that the path names."""
        wanted = self.params["environment_name"].lower()
        for name, environment in repository.environments.items():
            if name.lower() == wanted:
                return environment
        not_found()

    def given(self, name: str, kind: type[T], default: T | None = None) -> T:
        """A field of the body.

        Args:
            name: the field's name.
            kind: the Python type that JSON's value must have.
            default: its value when absent or null; without one the field is required.

        Raises:
            Refusal: 422 in GitHub's words, when it is missing or of another type.
        """
        value = self.body.get(name)
        if value is None:
            if default is None:
                raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            words = _JSON_WORDS[kind]
            raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', the value is not {words}.")
        return value

    def page(self, items: list[T], shape: Callable[[T], Any], *, under: str | None = None) -> Answer:
        """One page of a list, with links to the others.

        Args:
            items: all of them, in order.
            shape: how one is shown.
            under: the field that holds the page beside `total_count`; a bare list when None.
        """
        size = min(max(self._number("per_page", _DEFAULT_PAGE), 1), _LARGEST_PAGE)
        number = max(self._number("page", 1), 1)
        last = max((len(items) + size - 1) // size, 1)
        shown = [shape(item) for item in items[(number - 1) * size : number * size]]
        body = shown if under is None else {"total_count": len(items), under: shown}
        return Answer(body=body, headers=self._links(number, last))

    def _number(self, name: str, default: int) -> int:
        try:
            return int(self.query.get(name, default))
        except ValueError:
            return default

    def _links(self, number: int, last: int) -> dict[str, str]:
        pages = {}
        if number > 1:
            pages = {"prev": number - 1}
        if number < last:
            pages |= {"next": number + 1, "last": last}
        if number > 1:
            pages |= {"first": 1}
        links = (
            f'<{self.host}{self.url}?{urlencode({**self.query, "page": page})}>; rel="{relation}"'
            for relation, page in pages.items()
        )
        return {"Link": ", ".join(links)} if pages else {}


_TWINS = {
    "/repos/{owner}/{repo}": "/repositories/{repository_id}",
    "/orgs/{org}": "/organizations/{organization_id}",
}
_JSON_WORDS: dict[type, str] = {
    str: "a string",
    int: "an integer",
    bool: "a boolean",
    list: "an array",
    dict: "an object",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path.

    Attributes:
        method: GET, POST, PUT, PATCH or DELETE.
        path: below `/api/v3`, with names in braces; repositories and organizations answer by number
            too, so those paths are written once.
        handler: what answers.
        docs: the page of GitHub's documentation below `DOCS`, that errors point to.
        free: whether the call does not count against the caller's hour.
    """

    method: str
    path: str
    handler: Callable[[Call], Answer]
    docs: str = ""
    free: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """The path, and its twin by number where there is one."""
        for by_name, by_number in _TWINS.items():
            if self.path == by_name or self.path.startswith(f"{by_name}/"):
                return self.path, by_number + self.path.removeprefix(by_name)
        return (self.path,)

    @property
    def docs_url(self) -> str:
        """The page that errors point to."""
        return f"{DOCS}/{self.docs}" if self.docs else DOCS
