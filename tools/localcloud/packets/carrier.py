"""Carries packets as EC2's state says: whatever has changed there is changed here."""

import threading
from collections.abc import Set as AbstractSet
from itertools import count

from localcloud.packets import commands, leftovers
from localcloud.packets.commands import ip
from localcloud.packets.fabric import ACCEPTER_MAC, REQUESTER_MAC, Fabric
from localcloud.packets.guests import Guests, Running
from localcloud.packets.metadata import MetadataService
from localcloud.packets.model import Interface, Network
from localcloud.packets.snapshot import read_network


class Carrier:
    """The network of one server: guests, and a fabric for each VPC that has had one of theirs."""

    def __init__(self) -> None:
        """
        Remove what servers before have left, and try what will be needed.

        Raises:
            PacketsError: this machine cannot carry packets.
        """
        commands.check()
        leftovers.remove_leftovers()
        self.hosts: set[str] = set()
        self._guests = Guests()
        self._fabrics: dict[str, Fabric] = {}
        self._services: dict[str, MetadataService] = {}
        self._links: dict[str, tuple[str, tuple[str, str]]] = {}
        self._numbers = count(1)
        self._network: Network | None = None
        self._lock = threading.Lock()
        self._closed = False
        try:
            self._fabric("trial").apply(Network())
        finally:
            self._remove_fabrics({"trial"})

    def follow(self) -> None:
        """Bring the network to EC2's present state."""
        network = read_network(self.hosts)
        with self._lock:
            if network != self._network and not self._closed:
                self._apply(network)

    def running(self) -> dict[str, Running]:
        """Return what runs, by the id of the instance, or of a host's interface."""
        with self._lock:
            return dict(self._guests.running)

    def words_into(self, instance: str) -> list[str] | None:
        """Return the words before a command that is to run in an instance; None: it is off."""
        running = self.running().get(instance)
        return running.enter if running else None

    def violations(self) -> dict[str, dict[str, int]]:
        """Return how many packets were dropped, by interface and kind; zeros are left out."""
        found: dict[str, dict[str, int]] = {}
        with self._lock:
            for fabric in self._fabrics.values():
                for interface, kind, packets in fabric.dropped():
                    found.setdefault(interface, {})[kind] = packets
        return found

    def close(self) -> None:
        """Leave nothing."""
        with self._lock:
            self._closed = True
            self._guests.close()
            self._remove_fabrics(set(self._fabrics))

    def _apply(self, network: Network) -> None:
        self._unplug(network)
        booted = self._plug(network)
        self._connect(network)
        for fabric in self._fabrics.values():
            fabric.apply(network)
        for running, interface in booted:
            self._guests.configure(running, interface)
        self._remove_fabrics(self._fabrics.keys() - network.vpcs)
        self._guests.forget(network.instances)
        self._network = network

    def _unplug(self, network: Network) -> None:
        """Unplug what is detached, and shut down what does not run any more."""
        wanted = {guest.id: {it.id for it in guest.interfaces} for guest in network.guests}
        gone: dict[str, list[str]] = {}
        guests = self._guests.running
        for name, running in guests.items():
            for interface in running.plugged.keys() - wanted.get(name, set()):
                vpc, port = running.plugged.pop(interface)
                gone.setdefault(vpc, []).append(port)
        for vpc, ports in gone.items():
            fabric = self._fabrics[vpc]
            ip([f"link del {port}" for port in ports], fabric.namespace)
            fabric.lose(ports)
        self._guests.shut_down([name for name in guests if name not in wanted])

    def _plug(self, network: Network) -> list[tuple[Running, Interface]]:
        """Boot what has begun to run, plug what is attached; return primary interfaces booted."""
        guests = self._guests.running
        new = [guest for guest in network.guests if guest.id not in guests]
        self._guests.boot(new)
        links: list[str] = []
        for guest in network.guests:
            running = guests[guest.id]
            for interface in guest.interfaces:
                fabric = self._fabric(interface.vpc)
                if interface.id not in running.plugged:
                    port = f"p{next(self._numbers)}"
                    near, far = f"{port} netns {fabric.namespace}", f"netns {running.namespace}"
                    end = f"name {interface.device} address {interface.mac}"
                    links.append(f"link add {near} type veth peer {end} {far}")
                    fabric.gain(port)
                    running.plugged[interface.id] = (interface.vpc, port)
                fabric.ports[running.plugged[interface.id][1]] = interface
        ip(links)
        return [(guests[guest.id], guest.interfaces[0]) for guest in new]

    def _connect(self, network: Network) -> None:
        """Link the fabrics of peered VPCs; unlink those of connections that are gone."""
        wanted = {it.id: it.vpcs for it in network.peerings if self._fabrics.keys() >= {*it.vpcs}}
        for peering in self._links.keys() - wanted.keys():
            device, vpcs = self._links.pop(peering)
            ip([f"link del {device}"], self._fabrics[vpcs[0]].namespace)
            for vpc in vpcs:
                self._fabrics[vpc].lose([device])
        for peering in wanted.keys() - self._links.keys():
            device = f"x{next(self._numbers)}"
            requester, accepter = (self._fabrics[vpc] for vpc in wanted[peering])
            near = f"{device} address {REQUESTER_MAC} netns {requester.namespace}"
            far = f"name {device} address {ACCEPTER_MAC} netns {accepter.namespace}"
            ip([f"link add {near} type veth peer {far}"])
            for fabric, mac in ((requester, ACCEPTER_MAC), (accepter, REQUESTER_MAC)):
                fabric.gain(device)
                fabric.peers[device] = (mac, peering)
            self._links[peering] = (device, wanted[peering])

    def _fabric(self, vpc: str) -> Fabric:
        if vpc not in self._fabrics:
            fabric = Fabric(self._guests.namespace(vpc))
            ip([f"netns add {fabric.namespace}"])
            self._fabrics[vpc] = fabric
            fabric.prepare()
            self._services[vpc] = MetadataService(
                fabric.namespace, lambda address: self._metadata(vpc, address)
            )
        return self._fabrics[vpc]

    def _metadata(self, vpc: str, address: str) -> dict[str, str] | None:
        """Return what the instance may read that has ``address`` in a VPC."""
        network = self._network or Network()
        for guest in network.guests:
            held = [it for it in guest.interfaces if it.vpc == vpc]
            if guest.metadata and any(address in it.addresses for it in held):
                of_interfaces = (pair for it in guest.interfaces for pair in it.metadata)
                return dict((*guest.metadata, *of_interfaces))
        return None

    def _remove_fabrics(self, vpcs: AbstractSet[str]) -> None:
        for vpc in vpcs & self._services.keys():
            self._services.pop(vpc).close()
        fabrics = [self._fabrics.pop(vpc) for vpc in vpcs & self._fabrics.keys()]
        leftovers.remove(fabric.namespace for fabric in fabrics)
