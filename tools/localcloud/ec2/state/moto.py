"""moto's EC2: its API behind the wire, and its resources."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar, cast
from uuid import uuid4

from werkzeug.test import Client

from localcloud.ec2.api.call import Call, Reply, Scope
from localcloud.ec2.state.model import Backend, Identified, Interface, Subnet
from localcloud.patches import internals

# What moto says of every call.
NO_REQUEST_ID = b"<requestId>request-id</requestId>"
Found = TypeVar("Found", bound=Identified)
_result: ContextVar[dict[str, Any]] = ContextVar("_result")


@cache
def _client() -> Client:
    server = "moto.moto_server.werkzeug_app"
    create = internals.original(server, "create_backend_app")
    return Client(internals.original(server, "DomainDispatcherApplication")(create))


def forward(call: Call) -> Reply:
    """
    Let moto carry out ``call``; its refusals come back as replies.

    Raises:
        OperationNotFoundError: EC2 has no such action.
        NotImplementedError: moto does not have the action, or a filter of it.
    """
    credential = f"Credential={call.access_key}/20260101/{call.scope.region}/ec2/aws4_request"
    headers = {
        "Host": f"ec2.{call.scope.region}.amazonaws.com",
        "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-moto-account-id": call.scope.account,
    }
    answer = _client().post("/", data=call.body(), headers=headers)
    request_id = f"<requestId>{uuid4()}</requestId>".encode()
    return Reply(answer.data.replace(NO_REQUEST_ID, request_id), answer.status_code)


def install() -> None:
    """Let ``render`` answer in the place of moto's own Describe calls; once."""
    action_result = internals.original("moto.core.responses", "ActionResult")
    for module, method in (
        ("elastic_network_interfaces", "ElasticNetworkInterfaces.describe_network_interfaces"),
        ("instances", "InstanceResponse.describe_instances"),
        ("vpcs", "VPCs.describe_vpcs"),
    ):
        internals.replace(
            f"moto.ec2.responses.{module}", method, lambda _: action_result(_result.get())
        )


def render(call: Call, result: dict[str, Any]) -> Reply:
    """Return ``result``, members of moto's objects included, as the reply to a Describe call."""
    token = _result.set(result)
    try:
        return forward(call)
    finally:
        _result.reset(token)


def backend(scope: Scope) -> Backend:
    """Return moto's EC2 of one account and Region; the first call creates it, in about 1 s."""
    backends = internals.original("moto.ec2.models", "ec2_backends")
    return cast("Backend", backends[scope.account][scope.region])


def scopes() -> list[Scope]:
    """Return each account and Region that has been used."""
    backends = internals.original("moto.ec2.models", "ec2_backends")
    return [Scope(account, region) for account, regions in backends.items() for region in regions]


def find_interface(interface_id: str) -> Interface:
    """
    Return an interface of any account and Region.

    Raises:
        KeyError: there is none of this id.
    """
    return _find(interface_id, lambda one: one.enis)


def find_resource(resource: str) -> Identified:
    """
    Return an instance, interface or VPC of any account and Region.

    Raises:
        KeyError: there is none of this id.
    """
    for one in _backends():
        found: Identified | None = one.enis.get(resource) or one.vpcs.get(resource)
        if found := found or one.get_instance_by_id(resource):
            return found
    raise KeyError(resource)


def find_vpc(vpc_id: str) -> Identified:
    """
    Return a VPC of any account and Region.

    Raises:
        KeyError: there is none of this id.
    """
    return _find(vpc_id, lambda one: one.vpcs)


def give_tags(resource: str, tags: Mapping[str, str]) -> None:
    """
    Set tags of an instance, interface or VPC of any account and Region, whatever the rules say.

    Raises:
        KeyError: there is none of this id.
    """
    found: Any = find_resource(resource)
    found.ec2_backend.tags[resource].update(tags)


@contextmanager
def showing_tags(scope: Scope, tags: dict[str, dict[str, str]]) -> Iterator[None]:
    """Let moto show ``tags`` in the place of all tags of the account; they are not copied."""
    shown = backend(scope)
    now, shown.tags = shown.tags, tags
    try:
        yield
    finally:
        shown.tags = now


def _find(id_: str, shelf: Callable[[Backend], Mapping[str, Found]]) -> Found:
    for one in _backends():
        if id_ in shelf(one):
            return shelf(one)[id_]
    raise KeyError(id_)


def _backends() -> Iterator[Backend]:
    backends = internals.original("moto.ec2.models", "ec2_backends")
    return (cast("Backend", region) for regions in backends.values() for region in regions.values())


def find_subnet(scope: Scope, subnet_id: str) -> Subnet | None:
    """Return a subnet by its id."""
    zones = backend(scope).subnets.values()
    return next((zone[subnet_id] for zone in zones if subnet_id in zone), None)


def find_attachment(scope: Scope, attachment_id: str) -> Interface | None:
    """Return the interface that an attachment holds on its instance."""
    for interface in backend(scope).enis.values():
        if interface.attachment and interface.attachment.attachment_id == attachment_id:
            return interface
    return None


def network_cards(instance_type: str) -> list[int] | None:
    """
    Return how many interfaces each network card takes; None for a type unknown here.

    Source: EC2 API Reference, NetworkInfo and NetworkCardInfo (MaximumNetworkInterfaces).
    """
    types: dict[str, Any] = internals.original("moto.ec2.models.instance_types", "INSTANCE_TYPES")
    if instance_type not in types:
        return None
    cards = types[instance_type]["NetworkInfo"]["NetworkCards"]
    ordered = sorted(cards, key=lambda card: int(card["NetworkCardIndex"]))
    return [int(card["MaximumNetworkInterfaces"]) for card in ordered]


def addresses_per_interface(instance_type: str) -> int | None:
    """
    Return how many private IPv4 addresses an interface may have; None for a type unknown here.

    Source: EC2 API Reference, NetworkInfo (Ipv4AddressesPerInterface).
    """
    types: dict[str, Any] = internals.original("moto.ec2.models.instance_types", "INSTANCE_TYPES")
    known = types.get(instance_type)
    return int(known["NetworkInfo"]["Ipv4AddressesPerInterface"]) if known else None


def resource_kind(resource: str) -> str:
    """Return the resource type, such as ``network-interface``, of an id; empty if unknown."""
    prefix = internals.original("moto.ec2.utils", "get_prefix")(resource)
    kinds: dict[str, str] = internals.original("moto.ec2.utils", "EC2_PREFIX_TO_RESOURCE")
    return kinds.get(prefix, "")


def forget_tags(scope: Scope, resource: str) -> None:
    """Take the tags of a resource that is deleted; moto keeps them, and DescribeTags shows them."""
    backend(scope).tags.pop(resource, None)


def show_hibernation(instance: Any) -> None:  # noqa: ANN401 - moto's instance
    """
    Let an instance that stops say why, as one that hibernates does; moto knows no hibernation.

    Source: EC2 User Guide, "Hibernate your Amazon EC2 instance" (StateReason of the instance).
    """
    code = "Client.UserInitiatedHibernate"
    instance.state_reason = type(instance.state_reason)(f"{code}: User initiated hibernate", code)


def new_attachment_id() -> str:
    """Return an unused ``eni-attach-…``."""
    return str(internals.original("moto.ec2.utils", "random_eni_attach_id")())
