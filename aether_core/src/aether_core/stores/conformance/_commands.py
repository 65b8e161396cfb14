"""Checks of the inbox: commands wait for an answer, which is committed with what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from aether_core.kernel import CommandAnswer
from aether_core.ports import Command, StoreError, VersionConflict
from aether_core.stores.conformance._expect import (
    Check,
    StoreFactory,
    expect,
    expect_refusal,
    opened,
)
from aether_core.stores.conformance._samples import START, a_command, a_run, changes

if TYPE_CHECKING:
    from aether_core.ports import Store
    from aether_sdk import JsonValue


async def command_comes_back_as_it_was(factory: StoreFactory) -> None:
    """A command is listed as it was sent, with the id that the store gave it."""
    async with opened(factory) as store:
        await store.commit([changes(a_run())])
        resume, cancel = a_command(), Command("run-1", "cancel", START, reason="too slow")
        for number, command in enumerate((resume, cancel)):
            command_id = await store.send_command(command)
            expected = msgspec.structs.replace(command, command_id=command_id)
            expect(f"command {number}", (await store.list_commands())[number], expected)
            expect(f"answer {number}", await store.get_answer(command_id), None)


async def commands_are_listed_for_a_run_and_an_owner(factory: StoreFactory) -> None:
    """Commands come oldest first, their ids grow, and run and owner select."""
    async with opened(factory) as store:
        expect("empty inbox", await store.list_commands(owner="left"), [])
        runs = [a_run(f"run-{number}") for number in range(3)]
        for run, owner in zip(runs, ("left", "right", "left"), strict=True):
            run.owner = owner
        await store.commit([changes(run) for run in runs])
        sent = [await store.send_command(a_command(f"run-{n}")) for n in (2, 0, 1, 2)]
        expect("ids", sent, sorted(set(sent)))

        expect("all", await _ids(store), sent)
        expect("of left", await _ids(store, owner="left"), [sent[0], sent[1], sent[3]])
        expect("of right", await _ids(store, owner="right"), [sent[2]])
        expect("of nobody", await _ids(store, owner="nobody"), [])
        expect("of run-2", await _ids(store, run_id="run-2"), [sent[0], sent[3]])
        expect("of both", await _ids(store, owner="right", run_id="run-2"), [])

        runs[2].owner = "right"
        await store.commit([changes(runs[2])])
        expect("after a takeover", await _ids(store, owner="right"), [sent[0], *sent[2:]])


async def answer_is_committed_with_the_changes(factory: StoreFactory) -> None:
    """An answer takes the command off the list and can be read as often as one likes."""
    async with opened(factory) as store:
        run = a_run()
        await store.commit([changes(run)])
        sent = [await store.send_command(a_command()) for _ in range(3)]
        accepted = CommandAnswer(sent[0], accepted=True)
        refused = CommandAnswer(sent[2], accepted=False, message="it has ended \0 ü")
        await store.commit([changes(run, answers=[accepted, refused])])

        expect("open commands", await _ids(store), [sent[1]])
        for _ in range(2):
            expect("accepted", await store.get_answer(sent[0]), accepted)
            expect("open", await store.get_answer(sent[1]), None)
            expect("refused", await store.get_answer(sent[2]), refused)


async def answer_of_a_refused_batch_is_none(factory: StoreFactory) -> None:
    """When a batch conflicts, the commands that it answers stay open."""
    async with opened(factory) as store:
        runs = [a_run("run-1"), a_run("run-2")]
        await store.commit([changes(run) for run in runs])
        sent = await store.send_command(a_command())
        batch = [
            changes(runs[0], answers=[CommandAnswer(sent, accepted=True)]),
            changes(runs[1], expected=7),
        ]
        await expect_refusal("the batch", store.commit(batch), VersionConflict)

        expect("open commands", await _ids(store), [sent])
        expect("answer", await store.get_answer(sent), None)


async def first_answer_stands(factory: StoreFactory) -> None:
    """A second answer changes nothing, neither does one to a command that never was."""
    async with opened(factory) as store:
        run = a_run()
        await store.commit([changes(run)])
        sent = await store.send_command(a_command())
        first = CommandAnswer(sent, accepted=True)
        second = CommandAnswer(sent, accepted=False, message="too late")
        stray = CommandAnswer(sent + 100, accepted=True)
        for answers in ([first], [second, stray], [first, second]):
            await store.commit([changes(run, answers=answers)])

        expect("version", run.version, 4)
        expect("answer", await store.get_answer(sent), first)
        expect("stray answer", await store.get_answer(sent + 100), None)


async def command_to_an_unknown_run_is_refused(factory: StoreFactory) -> None:
    """A command needs a run, so that it can't reach a later one of that id."""
    async with opened(factory) as store:
        await expect_refusal("the command", store.send_command(a_command()), StoreError)
        await store.commit([changes(a_run())])
        await store.delete_run("run-1")
        await expect_refusal("after deletion", store.send_command(a_command()), StoreError)
        expect("commands", await store.list_commands(), [])


async def command_ids_are_never_given_again(factory: StoreFactory) -> None:
    """Commands go with their run, and whoever waits for one gets no answer of another."""
    async with opened(factory) as store:
        run = a_run()
        await store.commit([changes(run)])
        answered, waiting = [await store.send_command(a_command()) for _ in range(2)]
        answer = CommandAnswer(answered, accepted=True)
        await store.commit([changes(run, answers=[answer])])
        await store.delete_run("run-1")

        expect("answer", await store.get_answer(answered), None)
        again = a_run()
        await store.commit([changes(again)])
        fresh = await store.send_command(a_command())
        expect("larger id", fresh > waiting, True)
        await store.commit([changes(again, answers=[CommandAnswer(waiting, accepted=True)])])
        expect("answer to nobody", await store.get_answer(waiting), None)
        expect("open commands", await _ids(store), [fresh])


async def commands_are_copied(factory: StoreFactory) -> None:
    """What happens to a payload after it was sent or read does not reach the store."""
    async with opened(factory) as store:
        await store.commit([changes(a_run())])
        values: list[JsonValue] = [1, None, 2.5]
        await store.send_command(Command("run-1", "resume", START, payload={"list": values}))
        values.append("changed")
        [read] = await store.list_commands()
        expect("payload", read.payload, {"list": [1, None, 2.5]})
        read.payload["list"] = "changed"
        [read] = await store.list_commands()
        expect("payload read again", read.payload, {"list": [1, None, 2.5]})


async def broken_payload_is_refused(factory: StoreFactory) -> None:
    """Text that no encoding can carry is a `StoreError`, and nothing is sent."""
    async with opened(factory) as store:
        await store.commit([changes(a_run())])
        broken = Command("run-1", "resume", START, payload={"text": "\ud800"})
        await expect_refusal("half a surrogate pair", store.send_command(broken), StoreError)
        expect("commands", await store.list_commands(), [])


async def _ids(store: Store, *, owner: str | None = None, run_id: str | None = None) -> list[int]:
    found = await store.list_commands(owner=owner, run_id=run_id)
    return [command.command_id for command in found]


COMMAND_CHECKS: Final[tuple[Check, ...]] = (
    command_comes_back_as_it_was,
    commands_are_listed_for_a_run_and_an_owner,
    answer_is_committed_with_the_changes,
    answer_of_a_refused_batch_is_none,
    first_answer_stands,
    command_to_an_unknown_run_is_refused,
    command_ids_are_never_given_again,
    commands_are_copied,
    broken_payload_is_refused,
)
