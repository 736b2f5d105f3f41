"""`dualhome release`, over a whole deployment in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.errors import UnexpectedAwsError
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT,
    MGMT_VPC,
    OPERATOR,
    POLICY,
    an_instance,
    an_interface,
)
from tests.support.fakes.sqs import NEVER, a_deployment, be_stuck
from tests.support.scenarios.scene import Scene
from tests.support.scenarios.stack import InMemoryStack, run
from tests.unit.cli.transcript import Transcript


def attached(scene: Scene) -> None:
    """Let the instance have what it asks for."""
    scene.request()
    scene.work_off()
    assert State.ATTACHED == scene.record().state


def wants_nothing(scene: Scene) -> None:
    """Empty the tag; no event says so."""
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})


def test_what_is_attached_is_released_and_followed_to_the_end() -> None:
    """Whatever deferred it."""
    scene, stack, sqs = a_deployment()
    attached(scene)
    wants_nothing(scene)

    result = run(stack, "release", INSTANCE, "--yes")

    assert (0, State.RELEASED) == (result.exit_code, scene.record().state)
    assert f"EC2 is asked to detach {INTERFACE} at index 1" in result.stdout
    assert f"attached -> releasing  {INTERFACE}  OPERATOR_ASKED {OPERATOR}" in result.stdout
    assert result.stdout.endswith(f"{INSTANCE} mgmt: released\n")
    assert {} == scene.ledger.claimed()
    assert [(OperatorRequest(OperatorAction.RELEASE),)] == [
        request.operator_requests for request in sqs.requests
    ]


def test_a_command_does_not_wait_for_a_second_reading() -> None:
    """An operator has decided; the text says that it happens now."""
    scene, stack, _ = a_deployment()
    attached(scene)
    wants_nothing(scene)
    scene.policy = replace(POLICY, release_delay=timedelta(minutes=15))
    scene.request(event="event-2")
    assert Reason.RELEASE_PENDING is scene.record().reason
    due = scene.clock() + timedelta(minutes=15)

    result = run(stack, "release", INSTANCE, "--yes")

    assert (0, State.RELEASED) == (result.exit_code, scene.record().state)
    assert scene.record().since < due
    assert f"at index 1 now instead of at {due:%Y-%m-%d %H:%M:%S}, which ends" in result.stdout


def test_an_ask_is_dated_by_aws_whatever_the_operators_clock_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a slow one it would be older than what it is about, and do nothing."""
    scene, stack, _ = a_deployment()
    attached(scene)
    wants_nothing(scene)
    slow = timedelta(minutes=3)
    monkeypatch.setattr(InMemoryStack, "now", lambda _: scene.clock() - slow)

    run(stack, "release", INSTANCE, "--yes")

    assert State.RELEASED == scene.record().state


def test_a_tag_that_still_asks_is_shown_with_the_command_that_changes_it() -> None:
    """Tags win: what is released would be attached again at once."""
    scene, stack, _ = a_deployment()
    attached(scene)

    result = run(stack, "release", INSTANCE, "--yes")

    remedy = (
        f"aws ec2 delete-tags --region us-east-1 --resources {INSTANCE} --tags Key=dualhome:targets"
    )
    assert f"{INSTANCE} still asks for mgmt by its tag" in result.stdout
    assert remedy in result.stdout
    assert f"{INSTANCE} mgmt: released" in result.stdout
    assert result.stdout.endswith(f"{INSTANCE} mgmt: the tag still asks for it: attached\n")
    assert State.ATTACHED == scene.record().state


def consent_withdrawn(scene: Scene) -> None:
    """Let the VPC's owner allow no other VPC any more."""
    scene.ec2.tag(MGMT_VPC, {"dualhome:allow-from": None})


def interface_reserved(scene: Scene) -> None:
    """Let the pool's only interface be reserved for another instance from now on."""
    scene.ec2.tag(INTERFACE, {"dualhome:reserved-for": "i-09"})


def pool_left(scene: Scene) -> None:
    """Let the pool's only interface be moved to another pool while it is attached."""
    scene.ec2.tag(INTERFACE, {"dualhome:pool": "backup"})


def attach_refused(scene: Scene) -> None:
    """Let EC2 refuse what is attached next."""
    error = UnexpectedAwsError("No more.", code="UnheardOf", verbatim="No more.")
    scene.calls.fail_next("attach", error)


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        (consent_withdrawn, State.REFUSED, Reason.NOT_ALLOWED),
        (interface_reserved, State.WAITING, Reason.RESERVED),
        (pool_left, State.REFUSED, Reason.NO_INTERFACE_IN_ZONE),
        (attach_refused, State.FAILED, Reason.EC2_REFUSED),
    ],
)
def test_what_is_not_attached_again_is_shown_as_its_record_says_it(
    change: Callable[[Scene], None], state: State, reason: Reason
) -> None:
    """An operator who reads that it is attached again goes to sleep. The release has ended well."""
    scene, stack, _ = a_deployment()
    attached(scene)
    change(scene)

    result = run(stack, "release", INSTANCE, "--yes")

    record = scene.record()
    assert (state, reason) == (record.state, record.reason)
    assert f"{INSTANCE} mgmt: released\n" in result.stdout
    shown = f"{INSTANCE} mgmt: the tag still asks for it: {state}: {reason}: {record.detail}"
    assert shown in result.stdout
    assert result.stdout.endswith(f"{reason.advice}\n")
    assert 0 == result.exit_code


def test_what_an_instance_that_has_waited_gets_is_not_shown_as_attached_again() -> None:
    """The pool is full: the interface goes to the one that waits longest."""
    scene, stack, _ = a_deployment(an_instance(), an_interface(), an_instance("i-02"))
    attached(scene)
    scene.request("i-02")
    scene.work_off()

    result = run(stack, "release", INSTANCE, "--yes")

    states = {scene.record(instance=id_).state for id_ in (INSTANCE, "i-02")}
    assert {State.ATTACHED, State.WAITING} == states
    ours = scene.record().state
    assert f"{INSTANCE} mgmt: the tag still asks for it: {ours}" in result.stdout


def test_the_remedy_keeps_what_else_the_tag_asks_for() -> None:
    """And quotes it for a shell."""
    scene, stack, _ = a_deployment(an_instance(targets="data@2 mgmt backup"), an_interface())
    attached(scene)

    result = run(stack, "release", INSTANCE, "--target", MGMT, "--yes", "--no-follow")

    assert "create-tags" in result.stdout
    assert "'Key=dualhome:targets,Value=data@2 backup'" in result.stdout
    assert result.stdout.endswith(f"`dualhome status {INSTANCE}` shows the outcome.\n")


def test_a_tag_that_no_longer_asks_needs_no_remedy() -> None:
    """Nothing would come back."""
    scene, stack, _ = a_deployment()
    attached(scene)
    wants_nothing(scene)

    assert "still asks" not in run(stack, "release", INSTANCE, "--yes").stdout


def test_only_the_targets_that_are_named_are_released() -> None:
    """The others are none of this command's business."""
    scene, stack, sqs = a_deployment(an_instance(targets="mgmt data"), an_interface())
    attached(scene)

    result = run(stack, "release", INSTANCE, "--target", "data", "--yes")

    assert (0, []) == (result.exit_code, sqs.requests)
    assert "nothing to release" in result.stdout


def test_what_ec2_does_not_detach_is_freed_by_force() -> None:
    """The way out of `stuck` when the instance has failed."""
    scene, stack, sqs = a_deployment()
    be_stuck(scene)
    assert NEVER == scene.ec2.detach_seconds

    result = run(stack, "release", INSTANCE, "--target", MGMT, "--force-detach", "--yes")

    assert (0, State.RELEASED) == (result.exit_code, scene.record().state)
    assert [(OperatorRequest(OperatorAction.RELEASE, MGMT, force=True),)] == [
        request.operator_requests for request in sqs.requests
    ]


def test_a_release_that_ends_stuck_has_an_exit_code() -> None:
    """A script must not go on as if the interface were free."""
    scene, stack, sqs = a_deployment()
    attached(scene)
    wants_nothing(scene)
    scene.ec2.detach_seconds = NEVER
    sqs.meanwhile = lambda: scene.work_off(3600)

    result = run(stack, "release", INSTANCE, "--yes")

    assert (1, State.STUCK) == (result.exit_code, scene.record().state)
    assert f"{INSTANCE} mgmt: stuck: DETACH_TIMEOUT: EC2 has not detached" in result.stdout
    assert result.stdout.endswith(f"{Reason.DETACH_TIMEOUT.advice}\n")


def test_nothing_is_sent_where_nothing_is_held() -> None:
    """A second release finds the first one done."""
    scene, stack, sqs = a_deployment()
    attached(scene)
    wants_nothing(scene)
    run(stack, "release", INSTANCE, "--yes")

    again = run(stack, "release", INSTANCE, "--yes")

    assert (0, 1) == (again.exit_code, len(sqs.requests))
    assert "nothing to release" in again.stdout


def test_without_a_terminal_nothing_is_released_unless_yes_is_said() -> None:
    """A pipe cannot answer."""
    scene, stack, sqs = a_deployment()
    attached(scene)

    result = run(stack, "release", INSTANCE, typed="y\n")

    assert (2, []) == (result.exit_code, sqs.requests)


def test_an_instance_that_is_left_alone_keeps_what_it_has() -> None:
    """Its tag excludes it."""
    scene, stack, sqs = a_deployment()
    attached(scene)
    scene.ec2.tag(INSTANCE, {"dualhome:ignore": ""})

    result = run(stack, "release", INSTANCE, "--yes")

    assert [] == sqs.requests
    assert "dualhome:ignore" in result.stdout


def test_a_paused_stack_releases_nothing() -> None:
    """The rollback would wait for two weeks."""
    scene, stack, sqs = a_deployment(Paused="true")
    attached(scene)

    result = run(stack, "release", INSTANCE, "--yes")

    assert (1, []) == (result.exit_code, sqs.requests)
    assert "dualhome resume" in result.stderr


def test_a_release_says_what_it_does_before_it_asks() -> None:
    """And each move after that, and how each attachment ended."""
    said = Transcript("release")
    for title, prepare, words in (
        ("unwanted", wants_nothing, ["--yes"]),
        ("wanted", lambda _: None, ["--yes"]),
        ("without waiting", lambda _: None, ["--yes", "--no-follow"]),
        ("forced", wants_nothing, ["--force-detach", "--yes"]),
        ("refused afterwards", consent_withdrawn, ["--yes"]),
        ("unknown target", lambda _: None, ["--target", "mgnt", "--yes"]),
        ("not a terminal", lambda _: None, []),
    ):
        scene, stack, _ = a_deployment()
        attached(scene)
        prepare(scene)
        said.run(title, stack, "release", INSTANCE, *words)
    _, stack, _ = a_deployment()
    said.run("nothing recorded", stack, "release", INSTANCE, "--yes")
    said.run("unknown instance", stack, "release", "i-0dead", "--yes")
    scene, stack, _ = a_deployment()
    be_stuck(scene)
    said.run("stuck", stack, "release", INSTANCE, "--force-detach", "--yes")
    scene, stack, _ = a_deployment(an_instance(tags={"dualhome:ignore": ""}), an_interface())
    said.run("excluded", stack, "release", INSTANCE, "--yes")
    _, stack, _ = a_deployment(Paused="true")
    said.run("paused", stack, "release", INSTANCE, "--yes")
    said.check()
