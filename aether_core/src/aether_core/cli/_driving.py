"""What every command needs that drives runs in this process: options, and what they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aether_core.cli._artifacts import Artifacts, add_artifacts
from aether_core.cli._options import (
    add_output,
    add_secrets,
    add_store,
    installed_executors,
    installed_variables,
    positive,
    secrets_of,
    store_url,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from aether_core.cli._progress import Progress
    from aether_core.cli._report_file import ReportFile
    from aether_core.engine import Engine
    from aether_core.plugins import InstalledExecutors
    from aether_core.ports import SecretProvider, Store


class Means:
    """What drives the runs of a command.

    Args:
        executors: what executes their tasks.
        store: where they live; not open yet.
        progress: is told what happens.
        concurrency: most tasks at once; None is the default.
        secrets: gives their tasks secrets.
        artifacts: keeps the files of their tasks, and brings them.
    """

    def __init__(
        self,
        executors: InstalledExecutors,
        store: Store,
        progress: Progress,
        concurrency: int | None = None,
        secrets: SecretProvider | None = None,
        *,
        artifacts: Artifacts | None = None,
    ) -> None:
        self.executors = executors
        self.store = store
        self.progress = progress
        self.concurrency = concurrency
        self.secrets = secrets
        self.artifacts = artifacts
        #: Gets a page of the run that `go_on` drove.
        self.report: ReportFile | None = None

    def engine(self) -> Engine:
        """Return an engine that is not open yet."""
        # Late: a wrong option needs no engine.
        from aether_core.brokers import DEFAULT_CONCURRENCY, InProcessBroker
        from aether_core.engine import Engine

        broker = InProcessBroker(
            self.executors,
            concurrency=self.concurrency or DEFAULT_CONCURRENCY,
            artifacts=self.artifacts,
        )
        return Engine(
            store=self.store,
            broker=broker,
            registry=self.executors,
            variable_sources=installed_variables(),
            secrets=self.secrets,
            artifacts=self.artifacts,
        )


def add_driving(parser: ArgumentParser, *, progress: bool = True, output: bool = True) -> None:
    """Add the options of a command that drives runs.

    Args:
        parser: gets them.
        progress: whether `--progress` is among them.
        output: whether `--output` is among them.
    """
    parser.add_argument(
        "--concurrency",
        metavar="N",
        type=positive,
        help="most tasks to execute at once (default: 64)",
    )
    add_secrets(parser)
    add_store(parser)
    add_artifacts(parser)
    if output:
        add_output(parser)
    if progress:
        parser.add_argument(
            "--progress", action="store_true", help="show progress with --output json too"
        )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="write nothing but errors to stderr"
    )


def means_of(
    arguments: Namespace,
    *,
    executors: InstalledExecutors | None = None,
    must_exist: bool = True,
) -> Means:
    """Return what the options of `add_driving` say.

    Args:
        arguments: the parsed command line.
        executors: the installed executors, if they are known already.
        must_exist: whether a store that does not exist is an error.
    """
    # Late: a wrong option needs neither.
    from aether_core.cli._progress import Progress
    from aether_core.stores import open_store

    shows = arguments.output == "text" or getattr(arguments, "progress", False)
    url = store_url(arguments.store)
    store = open_store(url, must_exist=must_exist)
    return Means(
        executors=executors or installed_executors(),
        store=store,
        progress=Progress(quiet=arguments.quiet, tasks=shows),
        concurrency=arguments.concurrency,
        secrets=secrets_of(arguments),
        artifacts=Artifacts(getattr(arguments, "artifacts", None), url, store),
    )
