"""Documents of Systems Manager run in the guest, where the local cloud carries packets."""

from tests.integration.localcloud.cloud import eventually
from tests.integration.localcloud.packets.network import Net
from tests.integration.localcloud.ssm.managed import ManagedLab


def test_a_document_sees_the_interfaces_and_the_files_of_its_instance(net: Net) -> None:
    """Not those of the machine that the local cloud runs on."""
    (home,) = net.vpc("10.0.0.0/16", "10.0.1.0/24")[1:]
    (other,) = net.vpc("10.1.0.0/16", "10.1.1.0/24")[1:]
    instance = net.instance(home)
    net.lab.attach(instance.id, net.interface(other))
    instance.run("touch", "/etc/of-a-guest")
    account = ManagedLab(net.lab.cloud, net.lab.account)
    account.document("ls /sys/class/net /etc/of-a-guest; ip rule add from 10.1.1.9 lookup 10001")
    assert eventually(lambda: account.ping(instance.id) == "Online")

    ended = account.ended(account.send(instance.id), instance.id)

    assert ("Success", "") == (ended["Status"], ended["StandardErrorContent"])
    assert {"/etc/of-a-guest", "ens5", "ens6", "lo"} <= set(ended["StandardOutputContent"].split())
    assert "from 10.1.1.9 lookup 10001" in instance.ip("rule")
