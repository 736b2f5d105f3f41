"""`dualhome pause` and `resume`: one item and its audit entry, at once, by whom and why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dualhome.domain.errors import AccessDeniedError, UnavailableError, UnreadableItemError
from dualhome.domain.pause import Pause, PauseChange
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    ACCOUNT,
    INSTANCE,
    MGMT,
    OPERATOR,
    OPERATOR_ID,
    a_pause,
    an_instance,
    an_interface,
)
from tests.support.fakes.sqs import a_deployment
from tests.support.scenarios.attached import paused
from tests.support.scenarios.stack import InMemoryStack, run
from tests.unit.cli.transcript import Transcript

WHY = "a tag policy went wrong"
BOB = "arn:aws:sts::111122223333:assumed-role/oncall/bob"


class Refusing:
    """A client of which every call is denied."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any call
        """Return a call that is denied."""

        def denied(**_: Any) -> Mapping[str, Any]:
            said = {"Error": {"Code": "AccessDenied", "Message": f"not authorized to do {name}"}}
            raise ClientError(said, name)  # type: ignore[arg-type]

        return denied


def test_a_pause_is_written_with_its_audit_entry() -> None:
    """Who, when and why, and that nothing stood before."""
    _, stack, _ = a_deployment()

    result = run(stack, "pause", "--yes", "--reason", f" {WHY} ")

    assert 0 == result.exit_code, result.output
    (entry,) = stack.paused_by.audit
    expected = a_pause(since=entry.at, reason=WHY)
    assert expected == stack.paused_by.written
    assert PauseChange(entry.id, None, expected, ACCOUNT, "us-east-1") == entry
    assert timedelta() <= entry.at - stack.now() <= timedelta(seconds=1)


def test_a_resume_follows_the_pause() -> None:
    """Its entry says what it has ended."""
    _, stack, _ = a_deployment()
    run(stack, "pause", "--yes", "--reason", WHY)

    result = run(stack, "resume", "--yes", "--reason", "the tags are back")

    assert 0 == result.exit_code, result.output
    first, second = stack.paused_by.audit
    assert first.after == second.before
    assert (False, "the tags are back", 2) == (
        second.after.paused,
        second.after.reason,
        second.after.version,
    )


def test_a_resume_queues_at_once_what_the_pause_has_held() -> None:
    """Not what waits for something else."""
    scene, stack, sqs = a_deployment(
        an_instance(), an_instance("i-02", targets="nowhere"), an_interface()
    )
    scene.request("i-02")
    paused(scene).request(INSTANCE)
    assert (State.WAITING, Reason.PAUSED) == (scene.record().state, scene.record().reason)

    result = run(stack, "resume", "--yes")

    assert [INSTANCE] == [it.instance for it in sqs.requests]
    cause = sqs.requests[0].cause
    assert ("Resume", OPERATOR) == (cause.detail_type, cause.principal)
    assert "Queued 1 instance that" in result.stdout
    assert State.ATTACHED == scene.record().state


def test_a_release_that_the_pause_has_stopped_is_queued_too() -> None:
    """It would wait for the next sweep otherwise, with its interface claimed."""
    scene, stack, _ = a_deployment()
    scene.request()
    scene.work_off()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})
    scene.request(event="event-2")
    paused(scene).work_off()
    assert State.RELEASING == scene.record().state

    run(stack, "resume", "--yes")

    assert State.RELEASED == scene.record().state


def test_a_resume_stands_although_nothing_may_be_queued() -> None:
    """The next sweep takes up what was held, and the text says so."""
    scene, stack, _ = a_deployment()
    paused(scene).request()
    without = replace(stack, clients={**stack.clients, "sqs": Refusing()})

    result = run(without, "resume", "--yes")

    assert 0 == result.exit_code, result.output
    assert stack.paused_by.written is not None
    assert not stack.paused_by.written.paused
    assert "could not be queued; the next sweep" in result.stdout
    assert "You may not" in result.stdout


def test_what_is_so_already_is_said_and_is_no_error() -> None:
    """By whom, since when and why; the command may be given twice, without a terminal too."""
    _, stack, _ = a_deployment()
    run(stack, "pause", "--yes", "--reason", WHY)

    again = run(stack, "pause", "--reason", "another")
    other = run(a_deployment()[1], "resume")

    assert (0, 1) == (again.exit_code, len(stack.paused_by.audit))
    assert "is paused already" in again.stdout
    assert OPERATOR in again.stdout
    assert WHY in again.stdout
    assert (0, True) == (other.exit_code, "is not paused" in other.stdout)


def test_the_parameter_counts_until_an_operator_has_spoken_and_no_longer() -> None:
    """A stack can be deployed paused; a later deployment neither pauses nor ends a pause."""
    _, stack, _ = a_deployment(Paused="true")
    before = stack.policy.paused

    run(stack, "resume", "--yes")
    fresh = replace(stack)

    assert (True, False) == (before, fresh.policy.paused)
    assert 0 == run(fresh, "pause", "--yes", "--reason", WHY).exit_code
    assert replace(stack, parameters={**stack.parameters, "Paused": "false"}).policy.paused


def test_a_stack_that_its_parameter_pauses_can_be_paused_by_command() -> None:
    """Else the next deployment would end what the operator believes to hold."""
    _, stack, _ = a_deployment(Paused="true")

    run(stack, "pause", "--yes", "--reason", WHY)

    assert 1 == len(stack.paused_by.audit)


def test_another_operator_who_was_faster_is_named() -> None:
    """Nothing is written over; what stands is read anew."""
    _, stack, _ = a_deployment()
    theirs = a_pause(by=BOB, user_id="AROAEXAMPLEEXAMPLE123:bob", reason="mine")
    stack.paused_by.calls.before_next("write_pause", lambda: _put(stack, theirs))

    result = run(stack, "pause", "--yes", "--reason", WHY)

    assert (3, theirs, []) == (result.exit_code, stack.paused_by.written, stack.paused_by.audit)
    assert "Another operator was faster" in result.stderr
    assert f"{BOB}: mine" in result.stderr


def test_a_pause_that_is_denied_says_that_the_stack_goes_on() -> None:
    """An operator in a hurry reads what was intended first, and must not take it for done."""
    _, stack, _ = a_deployment()
    stack.paused_by.calls.fail_next("write_pause", AccessDeniedError("not authorized"))

    result = run(stack, "pause", "--yes", "--reason", WHY)

    assert (3, None) == (result.exit_code, stack.paused_by.written)
    assert "Nothing was written: stack dualhome is not paused, as before." in result.stderr
    assert "both statements PauseAndResume and PauseAndResumeAreAudited" in result.stderr


def test_a_write_that_is_not_answered_is_read() -> None:
    """An operator in a hurry must know whether the stack stands still."""
    _, stack, _ = a_deployment()
    calls, lost = stack.paused_by.calls, UnavailableError("no answer")
    calls.fail_next("write_pause", lost, after_execution=True)

    written = run(stack, "pause", "--yes", "--reason", WHY)
    calls.fail_next("write_pause", lost)
    not_written = run(stack, "resume", "--yes")

    assert (0, 3) == (written.exit_code, not_written.exit_code)
    assert stack.paused_by.written
    assert stack.paused_by.written.paused


@pytest.mark.parametrize("words", [["pause", "--yes", "--reason", WHY], ["resume", "--yes"]])
def test_an_item_of_another_version_is_not_written_over(words: list[str]) -> None:
    """What it says is not known; the functions take it for a pause meanwhile."""
    _, stack, _ = a_deployment()
    error = UnreadableItemError("Another version of dualhome has written the item PAUSE STATE")
    stack.paused_by.calls.fail_next("read_pause", error)

    result = run(stack, *words)

    assert (3, None) == (result.exit_code, stack.paused_by.written)
    assert "Install the version of this command that is deployed." in result.stderr


@pytest.mark.parametrize("words", [["status"], ["plan", INSTANCE], ["retry", INSTANCE, "--yes"]])
def test_no_command_sends_to_resume_where_the_pause_cannot_be_read(words: list[str]) -> None:
    """Resume reads it first, and is refused for the same reason."""
    scene, stack, _ = a_deployment()
    scene.request()
    error = UnreadableItemError("Another version of dualhome has written the item PAUSE STATE")
    stack.paused_by.calls.fail_next("read_pause", error)

    said = run(stack, *words).stderr

    assert "has written the item PAUSE STATE. Install the version" in said
    assert (False, False) == ("dualhome resume" in said, ".." in said)


def test_who_is_not_known_to_aws_pauses_nothing() -> None:
    """A pause without a name could not be audited."""
    _, stack, _ = a_deployment()
    unknown = replace(stack, clients={**stack.clients, "sts": Refusing()})

    result = run(unknown, "pause", "--yes", "--reason", WHY)

    assert (3, None) == (result.exit_code, stack.paused_by.written)
    assert "AWS does not say who you are" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing option '--reason'"),
        (["--reason", " "], "it is empty"),
        (["--reason", "a\nb"], "one line of printable characters"),
        (["--reason", "x" * 257], "257 characters: expected 256 at most"),
    ],
)
def test_a_reason_is_one_line_that_can_be_read(words: list[str], said: str) -> None:
    """It is shown on terminals and in pages of others."""
    _, stack, _ = a_deployment()

    result = run(stack, "pause", "--yes", *words)

    assert (2, None) == (result.exit_code, stack.paused_by.written)
    assert said in result.stderr


def test_the_item_decides_in_every_command() -> None:
    """Who, since when and why is said where the pause matters."""
    scene, stack, _ = a_deployment()
    paused(scene)

    answers = [
        run(stack, *words)
        for words in (
            ["status"],
            ["plan", INSTANCE],
            ["retry", INSTANCE, "--yes"],
            ["report", "--html", "-"],
        )
    ]

    assert [] == [it.output for it in answers if OPERATOR not in it.output + it.stderr]
    assert [] == [it.output for it in answers if WHY not in it.output + it.stderr]


def test_a_pause_stands_among_the_moves_and_not_in_an_instances_past() -> None:
    """What was not attached at that time has its cause beside it."""
    scene, stack, _ = a_deployment()
    scene.request()
    run(stack, "pause", "--yes", "--reason", WHY)

    everything = run(stack, "history", "--day", f"{stack.now():%Y-%m-%d}", "-o", "json")
    of_one = run(stack, "history", INSTANCE)

    assert 1 == everything.stdout.count('"paused": true')
    assert f'"user_id": "{OPERATOR_ID}"' in everything.stdout
    assert f'"target": "{MGMT}"' in everything.stdout
    assert WHY not in of_one.stdout


def test_an_arn_that_is_not_the_authenticated_callers_is_called_unproven() -> None:
    """The key of the entry is IAM's word; the ARN in it its writer's."""
    _, stack, _ = a_deployment()
    forged = a_pause(by=BOB, since=stack.now())
    stack.paused_by.audit.append(PauseChange("01K", None, forged, ACCOUNT, "us-east-1"))

    shown = run(stack, "history", "--day", f"{stack.now():%Y-%m-%d}")

    assert f"Unproven: AWS has authenticated {OPERATOR_ID}, not {BOB}." in shown.stdout


def test_a_pause_says_what_it_does_and_what_stands() -> None:
    """And a resume; and why there is none."""
    said = Transcript("pause")
    pause = ["pause", "--yes", "--reason", WHY]
    held = a_pause(since=a_deployment()[1].now() - timedelta(hours=2))
    for title, before, parameter, words in (
        ("pause", None, "false", pause),
        ("deployed paused, and paused by command", None, "true", pause),
        ("paused already", held, "false", pause),
        ("resume", held, "false", ["resume", "--yes", "--reason", "the tags are back"]),
        ("resume what was deployed paused", None, "true", ["resume", "--yes"]),
        ("not paused", None, "false", ["resume", "--yes"]),
        ("not paused any more", replace(held, paused=False), "true", ["resume", "--yes"]),
        ("not a terminal", None, "false", ["pause", "--reason", WHY]),
        ("an ARN that is not the caller's", replace(held, by=BOB), "false", pause),
    ):
        _, stack, _ = a_deployment(Paused=parameter, SweepSchedule="rate(5 minutes)")
        _put(stack, before)
        result = said.run(title, stack, *words)
        assert "\x1b" not in result.output
    said.check()


def _put(stack: InMemoryStack, written: Pause | None) -> None:
    stack.paused_by.written = written
