"""Where the reference engine can hang, lose or duplicate something, and this one does not.

`GAPS` names each such gap by the page and section of the specification that marks it, and the
test that shows it closed: one of this folder, or a file elsewhere in the repository.
"""

from __future__ import annotations

import re
from pathlib import Path

GAPS = {
    # Hang
    "documents.md 2.6: a task template without executor": "test_a_task_without_executor",
    "documents.md 2.7: empty entrypoints": "test_a_document_is_refused",
    "documents.md 2.7: an entry with an unreachable dependency": ("test_a_document_is_refused"),
    "documents.md 2.7, 2.8: timeout of dag and loop": "test_a_timeout_holds",
    "documents.md 6: an unparseable duration": "test_a_document_is_refused",
    "documents.md 10.3: an error in repeatCondition": "test_a_broken_repeat_condition",
    "engine.md 4: a run without tasks after a crash": "test_a_run_begins_in_one_commit",
    "engine.md 6.6: a crash between claim and dispatch": "test_ready_tasks_survive_a_crash",
    "engine.md 6.7: a container that stays Ready": "test_a_lost_start_holds_nothing_up",
    "engine.md 6.10: a broker that completes inline": "test_a_long_chain_of_immediate_answers",
    "engine.md 9: the deadline of a Ready task": "test_the_deadline_of_a_ready_task",
    "engine.md 13: a schedule with more than 100 missed times": "test_many_missed_times",
    "engine.md 14: Created tasks after a crash": "test_a_waiting_retry_survives_a_crash",
    "engine.md 14: a scope that was not advanced": "test_a_crash_after_each_commit",
    "engine.md 14: the death of a worker": "test_ready_tasks_survive_a_crash",
    "ports.md 2: a wide fan-out on a small broker": "test_a_wide_fan_out_on_a_small_broker",
    "executors.md 5: a plugin that panics": "test_a_plugin_that_panics",
    "executors.md 5: a plugin that ignores its deadline": "test_a_plugin_that_ignores_its_deadline",
    # Lose
    "documents.md 2.3: priority 0": "test_priority_among_all_runs",
    "documents.md 2.4: history limits of 0": "test_history_limits",
    "documents.md 2.7: entrypoints that are no texts": ("test_a_document_is_refused"),
    "documents.md 2.8: phaseConditions of loops": ("test_phase_conditions_of_a_template_hold"),
    "documents.md 2.12: enum and required inputs": "test_enum_is_enforced",
    "documents.md 2.14: executor.config": ("test_config_supplies_inputs_and_inputs_win"),
    "documents.md 2.15: hooks of skipped nodes, iterations and entries": (
        "test_hooks_of_all_kinds_of_tasks"
    ),
    "documents.md 2.16: artifacts without parameters": (
        "aether_core/tests/brokers/test_artifacts.py"
    ),
    "documents.md 2.18: unknown keys": ("test_an_unknown_key_is_refused_with_the_known_one"),
    "documents.md 5.7: duplicate template and parameter names": "test_a_repeated_parameter",
    "documents.md 7.3: integers beyond 2^53": "test_large_integers",
    "documents.md 8.1: valueFrom of workflow arguments": "test_workflow_arguments_with_a_source",
    "documents.md 8.2: the attempt in retry.expression": (
        "test_an_attempt_is_judged_by_what_it_came_to"
    ),
    "documents.md 10.4: phaseConditions override a suspension": "test_a_suspension_is_not_judged",
    "documents.md 11.1: undeclared arguments of a dag": "test_undeclared_arguments_of_a_dag",
    "documents.md 12.3: items and arguments of loops": (
        "test_the_body_is_called_like_any_template"
    ),
    "documents.md 13.5: the call's timeout after a resume": (
        "test_suspended_time_counts_and_a_resume_gives_no_more"
    ),
    "engine.md 1.3: the caller's document is changed": "test_the_given_document_stays_as_it_is",
    "engine.md 3: unfinished runs at a start": "test_ready_tasks_survive_a_crash",
    "engine.md 4: tasks die with the submitter": "test_a_run_outlives_its_submitter",
    "engine.md 6.9: a completion while Ready": "test_a_lost_start_holds_nothing_up",
    "engine.md 7.7: the order of iterations": "test_lists_keep_the_order_of_the_items",
    "engine.md 8: resume payloads at a retry": "test_a_payload_survives_a_retry",
    "engine.md 8: retry of templates and bodies": (
        "test_retry_of_a_template_holds_and_the_call_wins"
    ),
    "engine.md 9: times of cancelled tasks": ("test_nothing_begins_in_a_run_that_has_ended"),
    "engine.md 10: suspended outputs are replaced": ("test_outputs_of_all_rounds_add_up"),
    "engine.md 11: hooks that a crash loses": "test_a_hook_survives_a_crash",
    "engine.md 13.2: a second identical update": "aether_core/tests/engine/cron/test_book.py",
    # Duplicate
    "engine.md 4: a repeated submission": "test_a_repeated_submission",
    "engine.md 6.9: tasks begin in a run that has ended": (
        "test_nothing_begins_in_a_run_that_has_ended"
    ),
    "engine.md 7.5: a place of a suspended iteration": "test_a_suspended_iteration_keeps_its_place",
    "engine.md 7.5: items are computed again": "test_items_are_expanded_once",
    "engine.md 8: a retry in a run that has ended": "test_no_retry_in_a_run_that_has_ended",
    "engine.md 9: a stale timeout ends the next attempt": (
        "test_each_attempt_has_a_timeout_of_its_own"
    ),
    "engine.md 9: hooks fire twice at a workflow's timeout": "test_hooks_at_a_timeout_of_the_run",
    "engine.md 10: two resumes": "test_of_many_resumes_at_once_one_counts",
    "engine.md 11: onStart at every start that is reported": "test_repeated_starts",
    "engine.md 12: tasks escape a cancel": "test_nothing_escapes_a_cancel",
    "engine.md 12: Ready tasks execute after a cancel": "test_queued_tasks_of_a_cancelled_run",
    "engine.md 13: two engines fire one slot": ("test_two_engines_fire_a_slot_once"),
    "engine.md 13: Cancelled runs pile up": "test_cancelled_runs_are_pruned",
    "engine.md 15: a late answer of an earlier attempt": (
        "test_results_of_other_attempts_are_ignored_and_noted"
    ),
}


def test_every_gap_has_its_test() -> None:
    """`GAPS` names tests that exist."""
    here, root = Path(__file__).parent, Path(__file__).parents[2]
    texts = [path.read_text(encoding="utf-8") for path in here.glob("test_*.py")]
    tests = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    elsewhere = {test for test in GAPS.values() if test.endswith(".py")}

    assert set(GAPS.values()) - elsewhere <= tests
    for file in elsewhere:
        assert "reference gap" in (root / file).read_text(encoding="utf-8").lower(), file
