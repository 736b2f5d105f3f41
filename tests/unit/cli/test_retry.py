"""`dualhome retry`, over a whole deployment in memory."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.errors import UnexpectedAwsError
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT,
    OPERATOR,
    POLICY,
    an_instance,
    an_interface,
)
from tests.support.fakes.sqs import a_deployment, be_stuck, let_go
from tests.support.scenarios.scene import Scene
from tests.support.scenarios.stack import InMemoryStack, run
from tests.unit.cli.transcript import Transcript

REFUSED = UnexpectedAwsError("We do not like it.", code="UnheardOf", verbatim="We do not like it.")


def test_what_failed_is_tried_at_once_and_followed_to_the_end() -> None:
    """Its own time would have come in a minute, or in an hour."""
    scene, stack, sqs = a_deployment()
    scene.calls.fail_next("attach", REFUSED)
    scene.request()
    assert State.FAILED == scene.record().state

    result = run(stack, "retry", INSTANCE, "--yes")

    assert (0, State.ATTACHED) == (result.exit_code, scene.record().state)
    assert f"{INSTANCE} mgmt: has failed (EC2_REFUSED" in result.stdout
    assert f"failed -> claimed  {INTERFACE}" in result.stdout
    assert result.stdout.endswith(f"{INSTANCE} mgmt: attached\n")
    assert [(OperatorRequest(OperatorAction.RETRY),)] == [
        request.operator_requests for request in sqs.requests
    ]


def test_the_record_names_who_asked() -> None:
    """The audit log answers for every move, whatever caused it."""
    scene, stack, _ = a_deployment()
    scene.calls.fail_next("attach", REFUSED)
    scene.request()

    run(stack, "retry", INSTANCE, "--yes")

    cause = scene.record().cause
    assert ("dualhome", "Retry", OPERATOR) == (cause.source, cause.detail_type, cause.principal)


def test_what_is_stuck_is_detached_anew() -> None:
    """An operator has removed the cause."""
    scene, stack, sqs = a_deployment()
    be_stuck(scene)
    sqs.meanwhile = lambda: let_go(scene)

    result = run(stack, "retry", INSTANCE, "--target", MGMT, "--yes")

    assert (0, State.RELEASED) == (result.exit_code, scene.record().state)
    assert f"EC2 is asked again to detach {INTERFACE}" in result.stdout


def test_what_fails_again_has_an_exit_code() -> None:
    """A script must not take a second failure for success."""
    scene, stack, _ = a_deployment()
    scene.calls.fail_next("attach", REFUSED, times=2)
    scene.request()

    result = run(stack, "retry", INSTANCE, "--yes")

    assert 1 == result.exit_code
    assert "claimed -> failed" in result.stdout


def test_nothing_is_sent_where_nothing_is_to_be_tried() -> None:
    """What is attached stays as it is."""
    scene, stack, sqs = a_deployment()
    scene.request()
    scene.work_off()

    result = run(stack, "retry", INSTANCE)

    assert (0, []) == (result.exit_code, sqs.requests)


def test_an_instance_whose_tag_was_never_seen_is_reconciled() -> None:
    """Its event was lost, and the sweep has not come by."""
    scene, stack, _ = a_deployment()

    result = run(stack, "retry", INSTANCE, "--yes")

    assert (0, State.ATTACHED) == (result.exit_code, scene.record().state)


def test_without_a_terminal_nothing_is_done_unless_yes_is_said() -> None:
    """A pipe cannot answer."""
    _, stack, sqs = a_deployment()

    result = run(stack, "retry", INSTANCE, typed="y\n")

    assert (2, []) == (result.exit_code, sqs.requests)
    assert "--yes" in result.stderr


def test_who_does_not_follow_is_left_at_once() -> None:
    """What was asked for goes on by itself."""
    _, stack, sqs = a_deployment()

    result = run(stack, "retry", INSTANCE, "--yes", "--no-follow")

    assert (0, 1) == (result.exit_code, len(sqs.requests))
    assert "->" not in result.stdout


def test_several_instances_are_asked_about_once_and_all_reconciled() -> None:
    """After an outage there are many."""
    _, stack, sqs = a_deployment(
        an_instance(), an_interface(), an_instance("i-02"), an_interface("eni-02")
    )

    result = run(stack, "retry", INSTANCE, "i-02", INSTANCE, "--yes")

    assert (0, [INSTANCE, "i-02"]) == (
        result.exit_code,
        [request.instance for request in sqs.requests],
    )


def test_an_unknown_instance_is_named() -> None:
    """A typing error must not pass for an instance without troubles."""
    _, stack, sqs = a_deployment()

    result = run(stack, "retry", INSTANCE, "i-0bad", "--yes")

    assert (2, []) == (result.exit_code, sqs.requests)
    assert "knows i-0bad" in result.stderr


@pytest.mark.parametrize("command", ["retry", "release"])
def test_an_unknown_target_is_named(command: str) -> None:
    """A typing error must not pass for a target that has nothing to try or to release."""
    scene, stack, sqs = a_deployment()
    scene.request()

    result = run(stack, command, INSTANCE, "--target", "mgnt", "--yes")

    assert (2, []) == (result.exit_code, sqs.requests)
    assert f"{INSTANCE}: there is no record of 'mgnt', and no tag asks for it" in result.stderr


@pytest.mark.parametrize("command", ["retry", "release"])
def test_what_is_no_id_is_wrong_usage(command: str) -> None:
    """AWS is not asked about a name."""
    result = run(InMemoryStack(), command, "web-1", "--yes")

    assert 2 == result.exit_code
    assert "'web-1' is no id of an instance" in result.stderr


def test_an_instance_that_is_left_alone_is_not_retried() -> None:
    """Its tag excludes it."""
    ignored = an_instance(tags={"dualhome:ignore": ""})
    _, stack, sqs = a_deployment(ignored, an_interface())

    result = run(stack, "retry", INSTANCE, "--yes")

    assert [] == sqs.requests
    assert "dualhome:ignore" in result.stdout


def test_a_paused_stack_is_resumed_first() -> None:
    """An operator who retries would wait for nothing."""
    _, stack, sqs = a_deployment(Paused="true")

    result = run(stack, "retry", INSTANCE, "--yes")

    assert (1, []) == (result.exit_code, sqs.requests)
    assert "dualhome resume" in result.stderr


def be_pending(scene: Scene) -> None:
    """Let one reading ask for the release of what is attached; the second is due in 10 seconds."""
    scene.policy = replace(POLICY, release_delay=timedelta(seconds=10))
    scene.request()
    scene.work_off()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})
    scene.request(event="event-2")
    assert Reason.RELEASE_PENDING is scene.record().reason


def test_a_pending_release_is_not_hurried() -> None:
    """Its second reading comes by itself."""
    scene, stack, sqs = a_deployment()
    be_pending(scene)

    result = run(stack, "retry", INSTANCE)

    assert (0, []) == (result.exit_code, sqs.requests)


@pytest.mark.parametrize(
    ("targets", "state", "shown"),
    [
        ("", State.RELEASED, "attached -> releasing"),
        ("mgmt", State.ATTACHED, "attached -> attached"),
    ],
)
def test_a_release_whose_second_reading_was_lost_is_read_again(
    targets: str, state: State, shown: str
) -> None:
    """And ends as that reading says."""
    scene, stack, _ = a_deployment()
    be_pending(scene)
    scene.clock.advance(3600)
    scene.ec2.tag(INSTANCE, {"dualhome:targets": targets})

    result = run(stack, "retry", INSTANCE, "--yes")

    assert (0, state, None) == (result.exit_code, scene.record().state, scene.record().pending)
    assert shown in result.stdout


def test_what_is_contested_is_attached_again_at_once() -> None:
    """An operator has found the other controller, and has stopped it."""
    scene, stack, _ = a_deployment()
    scene.request()
    for number in range(3):
        scene.work_off(60)
        scene.clock.advance(60)
        scene.ec2.detach(INTERFACE)
        scene.request(event=f"event-{number + 2}")
    assert Reason.CONTESTED is scene.record().reason
    again = scene.record().retry_at

    result = run(stack, "retry", INSTANCE, "--yes")

    assert (0, State.ATTACHED) == (result.exit_code, scene.record().state)
    assert f"it is attached again now instead of after {again:%Y-%m-%d %H:%M:%S}" in result.stdout
    assert Reason.CONTESTED.advice in result.stdout


def test_a_retry_says_what_it_does_before_it_asks() -> None:
    """And each move after that, and how each attachment ended."""
    said = Transcript("retry")
    for title in ("failed", "stuck", "release pending", "release due", "attached", "not recorded"):
        scene, stack, sqs = a_deployment()
        if title == "failed":
            scene.calls.fail_next("attach", REFUSED)
        if title == "stuck":
            be_stuck(scene)
            sqs.meanwhile = partial(let_go, scene)
        elif title.startswith("release"):
            be_pending(scene)
        elif title != "not recorded":
            scene.request()
            scene.work_off()
        if title == "release due":
            scene.clock.advance(3600)
        said.run(title, stack, "retry", INSTANCE, "--yes")
    scene, stack, _ = a_deployment(an_instance())
    scene.request()
    said.run("waiting", stack, "retry", INSTANCE, "--yes", "--no-follow")
    said.check()
