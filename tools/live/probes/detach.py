"""Probes of DetachNetworkInterface."""

from dualhome.domain.errors import AttachmentGoneError
from live.probe import Seen, unclear
from live.probes import timing
from live.probes.refusals import is_accepted, is_refused_as
from live.world import EndOfPatienceError, World


def force_detach_index(world: World) -> Seen:
    """Detach by force, attach at the same device index again, and wait for `attached`."""
    instance, interface, attachment = _attached(world)
    world.ec2.detach_network_interface(AttachmentId=attachment, Force=True)
    if not world.wait_until(lambda: _is_free(world, interface)):
        return unclear(f"{interface} was not free in {world.patience:g} s")
    again = is_accepted(world.attach, instance=instance, interface=interface)
    if not again.holds:
        return again
    return timing.within(
        world,
        timing.ATTACH,
        "attached again",
        lambda: world.attachment_status(interface) == "attached",
    )


def detach_time(world: World) -> Seen:
    """Detach from a running instance, and measure the seconds until `available`."""
    _, interface, attachment = _attached(world)
    world.ec2.detach_network_interface(AttachmentId=attachment)
    return timing.within(world, timing.DETACH, "available", lambda: _is_free(world, interface))


def detach_gone_error(world: World) -> Seen:
    """Detach again what is detached."""
    _, interface, attachment = _attached(world)
    world.ec2.detach_network_interface(AttachmentId=attachment)
    if not world.wait_until(lambda: _is_free(world, interface)):
        return unclear(f"{interface} was not free in {world.patience:g} s")
    again = world.ec2.detach_network_interface
    return is_refused_as(AttachmentGoneError, again, AttachmentId=attachment)


def detach_twice(world: World) -> Seen:
    """Detach again what is detaching."""
    _, interface, attachment = _attached(world)
    world.ec2.detach_network_interface(AttachmentId=attachment)
    seen = is_accepted(world.ec2.detach_network_interface, AttachmentId=attachment)
    if _is_free(world, interface):
        return unclear(f"{interface} was free too soon; {seen.what}")
    return seen


def _attached(world: World) -> tuple[str, str, str]:
    """Return instance, interface and attachment once the interface is attached."""
    instance, interface = world.launch(), world.interface()
    attachment = world.attach(instance, interface)
    if not world.wait_until(lambda: world.attachment_status(interface) == "attached"):
        raise EndOfPatienceError(f"{interface} was not attached in {world.patience:g} s")
    return instance, interface, attachment


def _is_free(world: World, interface: str) -> bool:
    return world.shown_interface(interface).get("Status") == "available"
