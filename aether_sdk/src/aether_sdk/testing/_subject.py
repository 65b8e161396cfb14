"""The executor under examination, with its samples and what their calls did."""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from aether_sdk._executor import Executor
from aether_sdk.testing._attempt import Attempt, run_request
from aether_sdk.testing._declared_schema import Declared, declared_schema
from aether_sdk.testing._request import request_for
from aether_sdk.testing._rule import NothingToCheck
from aether_sdk.testing._wrong_values import wrong_calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from aether_sdk._executor_schema import ExecutorSchema
    from aether_sdk._request import ExecuteRequest
    from aether_sdk.testing._limits import Limits
    from aether_sdk.testing._samples import Sample

#: When calls are cancelled, in seconds: where they first wait, and a little later.
_MOMENTS: Final = (0.0, 0.01)
_MOMENT_OF_ENDLESS: Final = 0.2


class Call(NamedTuple):
    """A call of a sample."""

    sample: Sample
    attempt: Attempt


class Subject:
    """An executor and its samples; every call is made when a rule first asks for it.

    Args:
        make: The executor's class, or a function that makes an instance.
        samples: Calls that the author vouches for.
        limits: How long things may take.
        is_installed: Whether the executor belongs to an installed distribution.
        project: The folder of the executor's project, where its README is; None if unknown.
    """

    def __init__(
        self,
        make: Callable[[], object],
        samples: Iterable[Sample],
        limits: Limits,
        *,
        is_installed: bool,
        project: Path | None = None,
    ) -> None:
        self.make = make
        self.samples = tuple(samples)
        self.limits = limits
        self.is_installed = is_installed
        self.project = project
        self._tries: dict[int, tuple[Call, Call]] = {}

    @cached_property
    def executor(self) -> Executor:
        """The instance that most calls are made with."""
        return self.fresh()

    def fresh(self) -> Executor:
        """Return a new instance.

        Raises:
            NothingToCheck: there is none; one rule says why.
        """
        try:
            made = self.make()
        except (Exception, SystemExit) as error:
            message = "the executor cannot be made"
            raise NothingToCheck(message) from error
        if not isinstance(made, Executor):
            message = "this is no executor"
            raise NothingToCheck(message)
        return made

    @cached_property
    def declared(self) -> Declared:
        """What `schema()` gives, and what is wrong with it."""
        return declared_schema(self.executor)

    @property
    def schema(self) -> ExecutorSchema:
        """The schema.

        Raises:
            NothingToCheck: it is not to be used; one rule says why.
        """
        schema, problems, _ = self.declared
        if schema is None or problems:
            message = "the executor has no valid schema"
            raise NothingToCheck(message)
        return schema

    @property
    def ordinary(self) -> tuple[Sample, ...]:
        """The samples that are accepted and end by themselves.

        Raises:
            NothingToCheck: there is none.
        """
        found = tuple(sample for sample in self.samples if sample.is_ordinary)
        if not found:
            message = "needs a sample that is accepted and comes to an end"
            raise NothingToCheck(message)
        return found

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Two calls of each sample that ends, one after the other on one instance."""
        ending = [sample for sample in self.samples if not sample.is_endless]
        if not ending:
            message = "needs a sample that comes to an end"
            raise NothingToCheck(message)
        return tuple(call for sample in ending for call in self.twice(sample))

    def twice(self, sample: Sample) -> tuple[Call, Call]:
        """Return two calls of a sample; the first may import and open what it keeps."""
        place = self.samples.index(sample)
        if place not in self._tries:
            self._tries[place] = (self.call(sample), self.call(sample))
        return self._tries[place]

    def call(self, sample: Sample, *, cancel_after: float | None = None) -> Call:
        """Make one more call of a sample."""
        request = self.request(sample)
        attempt = run_request(self.executor, request, cancel_after=cancel_after, limits=self.limits)
        return Call(sample, attempt)

    @cached_property
    def cancelled(self) -> tuple[Call, ...]:
        """Calls that were still running when they were cancelled."""
        found: list[Call] = []
        for sample in self.samples:
            if sample.refused_at:
                continue
            if not sample.is_endless:
                # What is imported at the first call would hide where the executor waits.
                self.twice(sample)
            moments = (*_MOMENTS, _MOMENT_OF_ENDLESS) if sample.is_endless else _MOMENTS
            calls = [self.call(sample, cancel_after=moment) for moment in moments]
            found += [call for call in calls if call.attempt.was_cancelled]
        return tuple(found)

    def mistaken(self, sample: Sample) -> tuple[tuple[str, Call], ...]:
        """Make calls with one input of the wrong kind each; return them with that input's name."""
        inputs = self.schema.inputs
        if inputs is None:
            return ()
        return tuple((name, self.call(wrong)) for name, wrong in wrong_calls(sample, inputs))

    def request(self, sample: Sample) -> ExecuteRequest:
        """Return a request of its own for a sample."""
        return request_for(
            deepcopy(dict(sample.inputs)),
            artifacts=sample.artifacts,
            output_artifacts=sample.output_artifacts,
        )
