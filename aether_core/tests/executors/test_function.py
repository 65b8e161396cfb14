"""`function`: calls a Python function by name, and takes whatever comes back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict

from aether_core.brokers import InProcessBroker
from aether_core.engine import DocumentRejected, Engine
from aether_core.executors import (
    FunctionAlreadyRegistered,
    FunctionExecutor,
    Functions,
    UnknownFunction,
)
from aether_core.plugins import Registry
from aether_core.stores import MemoryStore
from aether_sdk import (
    BindError,
    ExecOutputs,
    ExecuteRequest,
    Inputs,
    JsonValue,
    TaskFailed,
    TaskSuspended,
)


class Order(BaseModel):
    """What a test's functions take."""

    item: str
    count: int = 1


@dataclass
class Receipt:
    """What a test's functions give back."""

    total: int


class Address(TypedDict):
    """What a test's functions take."""

    street: str


def run(function: Callable[..., Any] | Functions, /, *, name: str = "f", **inputs: Any) -> Any:
    """Run a workflow of one task that calls the function; return the task as it ended."""
    if isinstance(function, Functions):
        functions = function
    else:
        functions = Functions()
        functions.register("f", function)
    parameters: list[JsonValue] = [{"name": key, "value": value} for key, value in inputs.items()]
    parameters.append({"name": "function", "value": name})
    task: JsonValue = {
        "name": "main",
        "executor": {"type": "function"},
        "inputs": {"parameters": parameters},
    }
    document: dict[str, JsonValue] = {
        "apiVersion": "aether/v1",
        "kind": "Workflow",
        "metadata": {"name": "flow"},
        "spec": {"entrypoint": "main", "templates": [{"task": task}]},
    }
    registry = Registry()
    registry.register(FunctionExecutor(functions))

    async def story() -> Any:
        broker = InProcessBroker(registry)
        async with Engine(store=MemoryStore(), broker=broker, registry=registry) as engine:
            run_id = await engine.submit(document)
            waits = asyncio.create_task(engine.wait_suspended(run_id))
            ends = asyncio.create_task(engine.wait(run_id))
            await asyncio.wait({waits, ends}, return_when=asyncio.FIRST_COMPLETED)
            waits.cancel()
            ends.cancel()
            return (await engine.get(run_id)).tasks[0]

    return asyncio.run(story())


@pytest.mark.parametrize(
    ("result", "outputs"),
    [
        (None, {}),
        ({"a": 1, "b": [None]}, {"a": 1, "b": [None]}),
        (Receipt(5), {"total": 5}),
        (Order(item="tea"), {"item": "tea", "count": 1}),
        (7, {"result": 7}),
        (("a", "b"), {"result": ["a", "b"]}),
        ("text", {"result": "text"}),
        (ExecOutputs.of({"x": 1}), {"x": 1}),
    ],
)
def test_what_a_function_returns_becomes_outputs(result: Any, outputs: dict[str, Any]) -> None:
    ended = run(lambda: result)

    assert (ended.phase, ended.outputs) == ("Succeeded", outputs)


@pytest.mark.parametrize(
    ("result", "words"),
    [({1: 2}, "an output name of type int"), (object(), "$.result: a value of type object")],
)
def test_a_result_that_json_cannot_carry_is_an_error(result: Any, words: str) -> None:
    ended = run(lambda: result)

    assert ended.phase == "Error"
    assert words in ended.message


def test_outputs_with_a_code_are_passed_on_as_they_are() -> None:
    ended = run(lambda: ExecOutputs.of({"x": 1}, code=2, message="no"))

    assert (ended.phase, ended.message, ended.outputs) == ("Failed", "no", {"x": 1})


@pytest.mark.parametrize(
    ("error", "phase", "message"),
    [
        (TaskFailed("sold out"), "Failed", "sold out"),
        (TaskSuspended("asks"), "Suspended", "asks"),
        (KeyError("x"), "Error", "KeyError: 'x'"),
        (SystemExit(3), "Error", "sys.exit"),
    ],
)
def test_what_a_function_raises_is_the_outcome(
    error: BaseException, phase: str, message: str
) -> None:
    def function() -> None:
        raise error

    ended = run(function)

    assert ended.phase == phase
    assert message in ended.message


def test_inputs_are_keyword_arguments() -> None:
    """Defaults hold, and a function may change what it gets."""

    def function(items: list[int], *, factor: int = 2) -> int:
        items.append(0)
        return len(items) * factor

    ended = run(function, items=[1, 2])

    assert ended.outputs == {"result": 6}
    assert ended.inputs["items"] == [1, 2]


def test_inputs_that_a_function_does_not_take_are_all_named() -> None:
    def function(a: int, b: int) -> None: ...

    ended = run(function, b=1, c=2)

    assert ended.phase == "Error"
    assert ended.message == (
        "inputs do not fit the function 'f': $.a: missing; "
        "$.c: the function has no such parameter, expected one of a, b"
    )


def test_a_function_may_take_anything() -> None:
    ended = run(lambda **given: sorted(given), b=1, a=2)

    assert ended.outputs == {"result": ["a", "b"]}


def test_a_function_that_takes_a_value_by_position_only_cannot_be_called() -> None:
    def function(a: int, /) -> None: ...

    assert "by position only" in run(function, a=1).message


def test_a_function_without_a_signature_is_called_all_the_same() -> None:
    ended = run(dict, a=1)

    assert ended.outputs == {"a": 1}


def test_one_model_is_bound_to_the_inputs() -> None:
    """Pydantic models, dataclasses and TypedDicts, all problems at once."""

    def order(order: Order) -> str:
        return order.item * order.count

    def receipt(*, receipt: Receipt) -> int:
        return receipt.total

    def address(address: Address) -> str:
        return address["street"]

    assert run(order, item="ab", count=2).outputs == {"result": "abab"}
    assert run(receipt, total=3).outputs == {"result": 3}
    assert run(address, street="Main").outputs == {"result": "Main"}
    refused = run(order, count="x")
    assert refused.phase == "Error"
    assert "$.item" in refused.message
    assert "$.count" in refused.message


def test_annotations_that_only_a_type_checker_reads_do_no_harm() -> None:
    def function(a: NoSuchType) -> int:  # type: ignore[name-defined]  # noqa: F821  # the point
        return int(a)

    assert run(function, a=4).outputs == {"result": 4}


def test_coroutines_run_on_the_loop_and_functions_in_threads() -> None:
    """The loop goes on while a plain function takes its time."""
    main = threading.get_ident()

    async def on_loop() -> bool:
        await asyncio.sleep(0)
        return threading.get_ident() == main

    def in_thread() -> bool:
        return threading.get_ident() != main

    assert run(on_loop).outputs == {"result": True}
    assert run(in_thread).outputs == {"result": True}


def test_any_callable_will_do() -> None:
    class Counter:
        async def __call__(self, start: int) -> int:
            return start + 1

    assert run(Counter(), start=1).outputs == {"result": 2}


def test_a_resumed_call_brings_the_payload() -> None:
    """Only a function that names it learns of the resume itself."""
    functions = Functions()
    seen: list[Mapping[str, Any]] = []

    @functions.register("plain")
    def plain(answer: str) -> str:
        return answer

    @functions.register("knowing")
    def knowing(__resumed: bool, answer: str) -> None:
        seen.append({"resumed": __resumed, "answer": answer})

    assert run(functions, name="plain", answer="yes", __resumed=True).outputs == {"result": "yes"}
    run(functions, name="knowing", answer="yes", __resumed=True)
    assert seen == [{"resumed": True, "answer": "yes"}]


def test_an_unknown_function_gets_near_misses() -> None:
    functions = Functions()
    functions.register("greet", lambda: None)

    ended = run(functions, name="gret")

    assert ended.phase == "Error"
    assert ended.message == (
        "function executor: handler \"gret\" not registered; did you mean 'greet'?"
    )
    with pytest.raises(UnknownFunction, match="there are: greet"):
        functions.get("zzz")
    with pytest.raises(UnknownFunction, match="there are none"):
        Functions().get("zzz")


def test_a_name_is_registered_once_unless_it_is_replaced() -> None:
    functions = Functions()
    functions.register("f", lambda: 1)

    with pytest.raises(FunctionAlreadyRegistered, match="'f' is registered already"):
        functions.register("f", lambda: 2)

    assert functions.get("f")() == 1
    functions.register("f", lambda: 3, replace=True)
    assert functions.get("f")() == 3
    assert functions.names() == ("f",)


def test_a_call_without_a_function_is_refused_by_the_checker_and_the_executor() -> None:
    """The checker sees what is written; the executor what only shows at run time."""
    request = ExecuteRequest("task", "run", "main", inputs=Inputs.of({"function": 5}))

    with pytest.raises(DocumentRejected, match='expects a string for "function"'):
        run(lambda: None, name=5)  # type: ignore[arg-type]  # the point
    with pytest.raises(BindError, match=r"\$\.function"):
        FunctionExecutor().execute(request)
    with pytest.raises(BindError, match=r"\$\.function"):
        FunctionExecutor().execute(ExecuteRequest("task", "run", "main"))
