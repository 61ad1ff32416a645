"""Create, read, update and delete of one resource, by its entry in the operations table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from hubguard.errors import HubguardError, SandboxError
from sandbox.aws.facts import facts_of
from sandbox.aws.provider import state as states
from sandbox.aws.provider.check import Subject, check
from sandbox.aws.provider.compare import Comparer
from sandbox.aws.provider.connection import explain
from sandbox.aws.provider.diff import REGION, TAGS, Plan, all_tags, diff
from sandbox.aws.provider.errors import PartlyCreatedError
from sandbox.aws.provider.sdk import inputs_of
from sandbox.aws.provider.unchanged import still_checked, still_there
from sandbox.aws.resources import resource
from sandbox.aws.resources.base import Call

if TYPE_CHECKING:
    from collections.abc import Collection

    from sandbox.aws.facts import Facts
    from sandbox.aws.provider.connection import Connection
    from sandbox.aws.provider.sdk import Shape
    from sandbox.aws.provider.validate import Failure
    from sandbox.aws.provider.wire import Props
    from sandbox.aws.resources.base import Resource


@dataclass(frozen=True)
class Operations:
    """Everything that is done to resources of one type.

    Attributes:
        aws: the connection.
        token: the type.
        entry: its entry in the operations table.
        facts: its facts.
    """

    aws: Connection
    token: str
    entry: Resource
    facts: Facts

    @classmethod
    def of(cls, aws: Connection, token: str) -> Operations:
        """The operations of a type.

        Raises:
            SandboxError: the plugin does not have the type.
        """
        return cls(aws, token, resource(token), facts_of(token))

    @property
    def shape(self) -> Shape:
        """Its inputs by the SDK, whose classes are loaded for the first time that they are needed."""
        return inputs_of(self.token)

    def check(self, news: Props, olds: Props, name: str, seed: bytes) -> tuple[Props, list[Failure]]:
        """The inputs to keep and what is wrong with them; see `check.check`."""
        if still_checked(self.facts, news, olds):
            return olds, []
        subject = Subject(self.token, self.shape, self.facts, self.entry.unsupported)
        return check(subject, news, olds, name, seed)

    def diff(
        self, state: Props, news: Props, ignored: Collection[str] = (), olds: Props | None = None
    ) -> Plan:
        """What would change.

        Args:
            state: the outputs of the last operation.
            news: the checked inputs.
            ignored: property paths that the program ignores.
            olds: the checked inputs of the last operation, where they are known.

        Raises:
            SandboxError: the step from this state to these inputs is impossible.
        """
        region, default_tags = self.aws.region, self._default_tags
        if olds and still_there(self.facts, state, olds, news, region=region, default_tags=default_tags):
            return Plan((), (), tuple(sorted(self.facts.replaces)), delete_first=False)
        reason = self.entry.refuse(state, news) if self.entry.refuse is not None else None
        if reason:
            raise SandboxError(f"{self.token}: {reason}", next_step="mend the program")
        return diff(
            self._comparer,
            self.shape,
            state,
            news,
            region=region,
            default_tags=default_tags,
            ignored=ignored,
        )

    def preview(self, inputs: Props, state: Props) -> Props:
        """The state to expect, with unknown values where only AWS can tell."""
        return states.planned(
            self._comparer,
            self.shape,
            inputs,
            state,
            region=self.aws.region,
            default_tags=self._default_tags,
        )

    def create(self, inputs: Props) -> tuple[str, Props]:
        """Make the resource.

        Returns:
            Its id and its state.

        Raises:
            PartlyCreatedError: it was made, but a later call failed.
        """
        call = self._call(inputs, {})
        identity = self.entry.create(call)
        call = replace(call, id=identity)
        try:
            given = frozenset(name for name, value in call.inputs.items() if value is not None)
            self._change(call, given | ({TAGS} if call.tags else set()))
            live = self._live(call, inputs)
        except (HubguardError, ClientError, BotoCoreError) as error:
            reason = explain(error) if not isinstance(error, HubguardError) else str(error)
            state = {**self.preview(inputs, {"id": identity}), "id": identity}
            raise PartlyCreatedError(identity, state, inputs, reason) from error
        if live is None:
            raise SandboxError(
                f"{self.token} {identity} is not there after it was created",
                next_step="look at the local AWS's log",
            )
        return identity, live

    def read(self, identity: str, state: Props, inputs: Props) -> tuple[Props, Props] | None:
        """The live state and the inputs that would bring it about; None where it is gone.

        Args:
            identity: the resource's id.
            state: the last known state; empty for an import.
            inputs: the last inputs; empty for an import.
        """
        known = {**state, **{key: value for key, value in inputs.items() if key not in state}}
        call = replace(self._call(known, state), id=identity)
        live = self._live(call, {**known, **inputs})
        if live is None:
            return None
        return live, states.inputs_of_state(self._comparer, self.shape, live, inputs)

    def update(self, identity: str, state: Props, inputs: Props, plan: Plan) -> Props:
        """Change the resource in place and give its new state."""
        call = replace(self._call(inputs, state), id=identity)
        self._change(call, plan.changed)
        live = self._live(call, inputs)
        if live is None:
            raise SandboxError(
                f"{self.token} {identity} is not there any more", next_step="run: pulumi refresh"
            )
        return live

    def delete(self, identity: str, state: Props) -> None:
        """Remove the resource; one that is not there any more is fine."""
        call = replace(self._call(state, state), id=identity)
        try:
            self.entry.delete(call)
        except ClientError as error:
            if error.response["Error"]["Code"] not in self.entry.gone:
                raise

    @property
    def _comparer(self) -> Comparer:
        return Comparer(self.facts, self.entry.same)

    @property
    def _default_tags(self) -> dict[str, str]:
        return self.aws.settings.default_tags

    def _call(self, inputs: Props, state: Props) -> Call:
        defaults = {name: value for name, value in self.facts.defaults.items() if "." not in name}
        wanted = {**defaults, **states.bare(inputs)}
        tags = all_tags(wanted.get(TAGS), self._default_tags) if TAGS in self.shape.fields else {}
        return Call(
            aws=self.aws,
            token=self.token,
            service=self.entry.service,
            region=str(wanted.get(REGION) or state.get(REGION) or self.aws.region),
            inputs=wanted,
            state=state,
            tags=tags,
        )

    def _change(self, call: Call, changed: Collection[str]) -> None:
        for change in self.entry.changes:
            concerned = "*" in change.inputs or any(name in changed for name in change.inputs)
            if concerned and (call.state or change.at_creation):
                change.apply(call)

    def _live(self, call: Call, wanted: Props) -> Props | None:
        try:
            live = self.entry.read(call)
        except ClientError as error:
            if error.response["Error"]["Code"] in self.entry.gone:
                return None
            raise
        if live is None:
            return None
        state = states.outputs(
            self._comparer,
            self.shape,
            live,
            wanted,
            region=call.region,
            default_tags=self._default_tags,
        )
        identity = self.entry.identify(live) if self.entry.identify is not None else call.id
        return {**state, "id": identity}
