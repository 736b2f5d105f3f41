"""Commands that do not end by themselves: out of time, cancelled, or their instance gone."""

import time
from datetime import datetime
from pathlib import Path

from tests.integration.localcloud.cloud import eventually
from tests.integration.localcloud.ssm.managed import ManagedLab
from tests.support.readers.processes import is_alive

FOREVER = "exec sleep 300"


def test_a_command_that_no_agent_takes_times_out(account: ManagedLab) -> None:
    """TimeoutSeconds is the limit of the delivery; meanwhile it is delayed."""
    instance = account.managed()
    account.document("touch ran")
    account.agent(instance, responding=False)
    command = account.send(instance, TimeoutSeconds=60)

    assert account.comes_to("Delayed", command, instance)
    ended = account.ended(command, instance)
    (listed,) = account.ssm.list_commands(CommandId=command)["Commands"]

    assert (ended["Status"], ended["StatusDetails"]) == ("TimedOut", "DeliveryTimedOut")
    assert (ended["ResponseCode"], ended["ExecutionStartDateTime"]) == (-1, "")
    assert (listed["Status"], listed["DeliveryTimedOutCount"]) == ("TimedOut", 1)
    now = datetime.fromisoformat(account.cloud.control("GET", "clock")["now"])
    assert (now - listed["RequestedDateTime"]).total_seconds() > 60


def test_an_agent_that_responds_in_time_takes_the_command(account: ManagedLab) -> None:
    """Nothing is lost while it was away."""
    instance = account.managed()
    account.document("true")
    account.agent(instance, responding=False)
    command = account.send(instance)
    assert account.comes_to("Delayed", command, instance)

    account.agent(instance, responding=True)

    assert account.ended(command, instance)["Status"] == "Success"


def test_a_command_for_an_instance_that_is_terminated_is_undeliverable(
    account: ManagedLab,
) -> None:
    """It need not wait for its time to run out."""
    instance = account.managed()
    account.document("true")
    account.agent(instance, responding=False)
    command = account.send(instance)

    account.ec2.terminate_instances(InstanceIds=[instance])

    assert account.ended(command, instance)["StatusDetails"] == "Undeliverable"


def test_a_script_that_takes_too_long_is_killed(account: ManagedLab) -> None:
    """``timeoutSeconds`` of the step; a parameter may say it."""
    instance = account.managed()
    seconds = {"type": "String", "default": "5"}
    account.document(
        "echo began", FOREVER, timeoutSeconds="{{ seconds }}", parameters={"seconds": seconds}
    )
    command = account.send(instance)

    ended = account.ended(command, instance)
    (listed,) = account.ssm.list_commands(CommandId=command)["Commands"]

    assert (ended["Status"], ended["StatusDetails"]) == ("TimedOut", "ExecutionTimedOut")
    assert (ended["ResponseCode"], ended["StandardOutputContent"]) == (137, "began\n")
    assert (listed["Status"], listed["StatusDetails"]) == ("TimedOut", "ExecutionTimedOut")


def test_a_stop_of_the_instance_ends_the_script_and_leaves_its_time_to_run_out(
    account: ManagedLab, tmp_path: Path
) -> None:
    """There is no agent to report an end, though the process has one."""
    instance, pid = account.managed(), tmp_path / "pid"
    account.document(f"echo $$ > {pid}.new; mv {pid}.new {pid}", FOREVER, timeoutSeconds="180")
    command = account.send(instance)
    assert eventually(pid.exists)

    account.ec2.stop_instances(InstanceIds=[instance])
    assert eventually(lambda: not is_alive(int(pid.read_text())))
    stopped = account.invocation(command, instance)["Status"]

    assert stopped == "InProgress"
    assert account.ended(command, instance)["StatusDetails"] == "ExecutionTimedOut"


def test_an_end_that_no_agent_reports_is_none(account: ManagedLab, tmp_path: Path) -> None:
    """The script has done its work; its output and its code stay unknown."""
    instance, mark = account.managed(), tmp_path / "mark"
    account.document(f"sleep 0.3; touch {mark}; echo done", timeoutSeconds="120")
    command = account.send(instance)
    assert account.comes_to("InProgress", command, instance)

    account.agent(instance, responding=False)
    ended = account.ended(command, instance)

    assert mark.exists()
    assert (ended["Status"], ended["StatusDetails"]) == ("TimedOut", "ExecutionTimedOut")
    assert (ended["ResponseCode"], ended["StandardOutputContent"]) == (-1, "")
    assert float(ended["ExecutionElapsedTime"].strip("PTS")) >= 120


def test_a_cancelled_script_is_killed(account: ManagedLab, tmp_path: Path) -> None:
    """With the processes that it started."""
    instance, beat = account.managed(), tmp_path / "beat"
    account.document(f"while true; do date >> {beat}; sleep 0.05; done")
    command = account.send(instance)
    assert eventually(beat.exists)

    account.ssm.cancel_command(CommandId=command)
    ended = account.ended(command, instance)
    size = beat.stat().st_size
    time.sleep(0.3)

    assert (ended["Status"], ended["StatusDetails"]) == ("Cancelled", "Cancelled")
    assert beat.stat().st_size == size


def test_a_command_that_waits_can_be_cancelled_for_one_instance(account: ManagedLab) -> None:
    """The others go on; what has ended stays as it ended."""
    first, second = account.managed(), account.managed()
    account.document("true")
    for instance in (first, second):
        account.agent(instance, responding=False)
    command = account.send(first, second)

    account.ssm.cancel_command(CommandId=command, InstanceIds=[first])
    assert account.comes_to("Cancelled", command, first)
    account.agent(second, responding=True)
    assert account.comes_to("Success", command, second)
    account.ssm.cancel_command(CommandId=command)
    (listed,) = account.ssm.list_commands(CommandId=command)["Commands"]

    assert account.invocation(command, second)["Status"] == "Success"
    assert (listed["Status"], listed["CompletedCount"], listed["TargetCount"]) == (
        "Cancelled",
        2,
        2,
    )
