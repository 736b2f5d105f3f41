"""Before each request that attaches or detaches the pause is asked about, by fake and SDK alike."""

from dataclasses import dataclass

import pytest

from dualhome.domain.errors import InterfaceInUseError, PausedError
from tests.support.builders.values import SLOT
from tests.support.worlds.ec2 import Ec2World, attachment


@dataclass
class Check:
    """Lets the first ``requests`` pass; ``asked`` counts them all."""

    requests: int
    asked: int = 0

    def __call__(self) -> None:
        """Count a request, or stop it."""
        self.asked += 1
        if self.asked > self.requests:
            raise PausedError("paused")


def test_nothing_is_attached_in_a_pause(world: Ec2World) -> None:
    """No request is sent, and none is repeated."""
    check = Check(0)
    instance, interface = world.instance(), world.interface()

    with pytest.raises(PausedError):
        world.checked(check).attach(instance, interface, SLOT)

    assert (1, None) == (check.asked, attachment(world, interface))


def test_nothing_is_detached_in_a_pause(world: Ec2World) -> None:
    """Not by force either."""
    interface = world.interface()
    id_ = world.interfaces.attach(world.instance(), interface, SLOT)

    for force in (False, True):
        with pytest.raises(PausedError):
            world.checked(Check(0)).detach(id_, force=force)

    assert attachment(world, interface) is not None


def test_without_a_pause_each_request_is_asked_about_once(world: Ec2World) -> None:
    """What only reads is not."""
    check = Check(2)
    interfaces = world.checked(check)
    interface = world.interface()

    id_ = interfaces.attach(world.instance(), interface, SLOT)
    interfaces.find(interface)
    interfaces.detach(id_)
    interfaces.pool([])

    assert (2, None) == (check.asked, attachment(world, interface))


def test_a_pause_between_two_tries_stops_the_second_and_undoes_nothing(world: Ec2World) -> None:
    """The first one was carried out and its reply lost: EC2 alone knows."""
    check = Check(1)
    instance, interface = world.instance(), world.interface()
    world.lose_next_reply()

    with pytest.raises(PausedError):
        world.checked(check).attach(instance, interface, SLOT)

    assert (2, True) == (check.asked, attachment(world, interface) is not None)


def test_without_a_pause_the_second_try_is_made(world: Ec2World) -> None:
    """It meets what the first one has done: the test above is about a try that would be made."""
    check = Check(2)
    instance, interface = world.instance(), world.interface()
    world.lose_next_reply()

    with pytest.raises(InterfaceInUseError):
        world.checked(check).attach(instance, interface, SLOT)

    assert 2 == check.asked
