"""Undo removes what the record lists and nothing else, however the run before it has ended."""

import json
import re
from pathlib import Path

import pytest

from tests.guest.test_routing import as_net_utils
from tests.support.guest_lab.daemons import eventually
from tests.support.guest_lab.guest import Guest
from tests.support.guest_lab.lab import Lab, Scene, a_scene

CHANGES = r"^(-\S+ )*(addr|route|rule|link|neigh) (add|del|set|replace) |^(mkdir|mv|rm|rmdir|cp) "
WRAPPED = ("ip", "mkdir", "mv", "rm", "rmdir", "cp")
WRAPPER = """#!/bin/sh
script() {{ # the processes of the script above this one, the first of them at the end
  tr '\\0' ' ' </proc/$1/cmdline | grep -q 'guest/dualhome-guest ' || return
  echo $1
  script $(awk '{{ print $4 }}' /proc/$1/stat)
}}
call="$*"
[ "${{0##*/}}" = ip ] || call="${{0##*/}} $*"
if printf '%s\\n' "$call" | grep -qE '{changes}' && [ -n "$(script $PPID)" ]; then
  n=$(($(cat {count}) + 1))
  echo $n >{count}
  [ "$n" != "$KILL_BEFORE" ] || {{ kill -KILL $(script $PPID); exit 1; }}
  {real} "$@"
  status=$?
  [ "$n" != "$KILL_AFTER" ] || kill -KILL $(script $PPID)
  exit $status
fi
exec {real} "$@"
"""
SIX = {
    "SUBNETS": "10.1.1.0/24 2001:db8:b:1::/64",
    "TARGET_CIDRS": "10.1.0.0/16 2001:db8:b::/56",
    "GATEWAY6": "fe80::1",
    "PREFIXES": "10.1.1.32/28",
    "BACKEND": "networkd",
}
SECOND = ("10.1.1.10", "10.1.1.11", "2001:db8:b:1::10")


def wrap(guest: Guest) -> Path:
    """Put programs on the guest's PATH that kill the script at the call that they are given."""
    folder = guest.file("/run/wrapped")
    folder.mkdir()
    for name in WRAPPED:
        real = guest.run("sh", "-c", f"command -v {name}").stdout.strip()
        wrapper = folder / name
        wrapper.write_text(
            WRAPPER.format(changes=CHANGES, count="/run/wrapped/count", real=real), "ascii"
        )
        wrapper.chmod(0o755)
    count = folder / "count"
    count.write_text("0\n", encoding="ascii")
    return count


def killed(guest: Guest, **at: int) -> dict[str, str]:
    """Return the environment in which the script is killed there."""
    path = guest.run("sh", "-c", "echo $PATH").stdout.strip()
    return {"PATH": f"/run/wrapped:{path}"} | {name: str(it) for name, it in at.items()}


@pytest.mark.parametrize("native", [False, True], ids=["alone", "native"])
def test_undo_restores_the_state_before_byte_for_byte(lab: Lab, *, native: bool) -> None:
    """Rules, routes, addresses, settings, files, processes; what another tool made stays."""
    scene = a_scene(lab, second=SECOND)
    if native:
        as_net_utils(scene)
    before = scene.guest.state()
    done = scene.guest.apply(scene.second, **SIX)
    during = scene.guest.state()

    twice = [scene.guest.undo(scene.second) for _ in range(2)]

    assert (0, 0, 0) == (done.status, *(it.status for it in twice)), done.said
    assert before != during
    assert before == scene.guest.state()
    assert ["removed what the record of eni-" + scene.second.port + " lists"] == twice[0].json[
        "changed"
    ]
    assert [] == twice[1].json["changed"]
    assert eventually(lambda: scene.guest.processes() == 1)


def test_an_undo_that_cannot_finish_says_so_and_can_be_repeated(scene: Scene) -> None:
    """The record stays until all of it is gone."""
    guest = scene.guest
    before = guest.state()
    guest.apply(scene.second, BACKEND="networkd")
    guest.run("mount", "-o", "remount,ro", "/etc")

    first = guest.undo(scene.second)
    guest.run("mount", "-o", "remount,rw", "/etc")
    second = guest.undo(scene.second)

    assert (4, "UNDO_FAILED") == (first.status, first.error)
    assert "/etc/systemd/network/01-dualhome" in first.json["warnings"][0]
    assert 0 == second.status
    assert before == guest.state()


def test_undo_leaves_what_the_owner_has_added(scene: Scene) -> None:
    """Its record says what is the script's: a rule of the same table is not."""
    guest = scene.guest
    guest.apply(scene.second)
    guest.namespace.change("rule add from 10.9.9.9 lookup 10001 priority 10001")

    assert 0 == guest.undo(scene.second).status
    assert "from 10.9.9.9 lookup 10001" in guest.namespace.shown("rule")


def test_what_is_no_longer_wanted_is_removed_by_the_next_run(scene: Scene) -> None:
    """Routes and addresses change while the interface stays."""
    guest = scene.guest
    guest.apply(scene.second, TARGET_CIDRS="10.1.0.0/16 10.2.0.0/16")

    done = guest.apply(scene.second, TARGET_CIDRS="10.1.0.0/16")

    assert 0 == done.status
    assert ["10.1.0.0/16"] == done.json["routes"]
    assert "10.2.0.0/16" not in guest.namespace.shown("rule")
    assert 0 == guest.verify(scene.second).status


def test_an_interface_that_was_detached_is_cleaned_up_by_the_next_at_its_index(
    scene: Scene,
) -> None:
    """The kernel forgets its routes, not its rules; a file by its name would serve the next."""
    guest = scene.guest
    guest.apply(scene.second, BACKEND="networkd")
    scene.b.detach(scene.second)
    after = scene.b.attach(guest.namespace, "ens6", ("10.1.1.12",), "10.1.1.0/24")

    done = guest.apply(after, BACKEND="networkd")

    assert 0 == done.status, done.said
    assert "is not attached any more" in done.json["warnings"][0]
    assert "10.1.1.10" not in guest.namespace.shown("rule")
    assert [f"dualhome-eni-{after.port}"] == re.findall(
        r"dualhome-eni-p\d+", " ".join(it for it in guest.written() if it.endswith(".network"))
    )


def count_calls(scene: Scene) -> int:
    """Return how many commands of a run of the script change something."""
    count = wrap(scene.guest)
    done = scene.guest.apply(scene.second, **SIX)
    assert 0 == done.status
    scene.guest.undo(scene.second)
    count.write_text("0\n", encoding="ascii")
    scene.guest.script("apply", *words(scene), **killed(scene.guest))
    calls = int(count.read_text(encoding="ascii"))
    scene.guest.undo(scene.second)
    return calls


def words(scene: Scene) -> list[str]:
    """Return the facts of the scene's second interface."""
    facts = {
        "ENI": f"eni-{scene.second.port}",
        "MAC": scene.second.mac,
        "INDEX": "1",
        "ADDRESSES": " ".join(SECOND),
        "PRIMARY_CIDRS": "10.0.0.0/16",
        "WAIT": "2",
        **SIX,
    }
    return [f"{key}={value}" for key, value in facts.items()]


@pytest.mark.parametrize("when", ["KILL_BEFORE", "KILL_AFTER"])
def test_a_run_killed_at_any_change_is_rolled_back_by_undo(lab: Lab, when: str) -> None:
    """The record is written first: what may have been done is known, and can be removed twice."""
    scene = a_scene(lab, second=SECOND)
    guest = scene.guest
    before = guest.state()
    calls = count_calls(scene)
    assert 25 < calls
    assert before == guest.state()
    wrong = {}
    for call in range(1, calls + 1):
        guest.file("/run/wrapped/count").write_text("0\n", encoding="ascii")
        ended = guest.script("apply", *words(scene), **killed(guest, **{when: call}))
        again = guest.undo(scene.second)
        after = guest.state()
        if (ended.status, again.status) != (-9, 0) or before != after:
            wrong[call] = (ended.status, again.said, difference(before, after))

    assert {} == wrong


def test_an_undo_killed_at_any_change_is_finished_by_the_next(lab: Lab) -> None:
    """A line of the record that is removed already is no error."""
    scene = a_scene(lab, second=SECOND)
    guest = scene.guest
    count = wrap(guest)
    before = guest.state()
    wrong = {}
    call = 1
    while True:
        assert 0 == guest.apply(scene.second, **SIX).status
        count.write_text("0\n", encoding="ascii")
        ended = guest.script(
            "undo", f"ENI=eni-{scene.second.port}", **killed(guest, KILL_AFTER=call)
        )
        again = guest.undo(scene.second)
        after = guest.state()
        if again.status or before != after:
            wrong[call] = (ended.status, again.said, difference(before, after))
        if ended.status == 0:
            break
        call += 3

    assert {} == wrong
    assert 10 < call


def difference(one: object, other: object) -> str:
    """Return what to read where two states differ."""
    left, right = json.loads(json.dumps(one)), json.loads(json.dumps(other))
    return str(
        {it: (left.get(it), right.get(it)) for it in left | right if left.get(it) != right.get(it)}
    )
