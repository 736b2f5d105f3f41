"""Beliefs about attaching and detaching interfaces."""

from live.believed.belief import Belief

ERRORS = "layers/dualhome/dualhome/adapters/aws_errors.py"
SELECT = "layers/dualhome/dualhome/domain/planning/select.py"
ELIGIBILITY = "layers/dualhome/dualhome/domain/planning/eligibility.py"
OBSERVE = "layers/dualhome/dualhome/domain/planning/observe.py"
LOCAL_RULES = "tools/localcloud/ec2/actions/rules.py"

ATTACHING = (
    Belief(
        "attach-to-stopped",
        "An interface attached to a stopped instance comes to show `attached`.",
        "An EC2-compatible implementation; AWS documents the attach alone",
        "The interface is polled by its state, and the record becomes `stuck` at worst",
        OBSERVE,
    ),
    Belief(
        "attach-to-hibernated",
        "An interface attached to a hibernated instance comes to show `attached`.",
        "Inferred: a hibernated instance is `stopped`",
        "The interface is polled by its state, and the record becomes `stuck` at worst",
        OBSERVE,
    ),
    Belief(
        "pending-instance-error",
        "An attach to an instance that is neither running nor stopped is refused with"
        " IncorrectState or IncorrectInstanceState.",
        "EC2 API Reference, error codes; which of both, and the text, is undocumented",
        "An unknown code makes the message fail loudly, and it is redelivered",
        ERRORS,
    ),
    Belief(
        "index-beyond-count",
        "A device index at or above the type's number of interfaces is accepted.",
        "Undocumented",
        "A pin must be below it, and the lowest free index always is",
        SELECT,
    ),
    Belief(
        "index-upper-bound",
        "A device index above 31 is refused with InvalidParameterValue.",
        "An EC2-compatible implementation",
        "The lowest free index is used",
        SELECT,
    ),
    Belief(
        "force-detach-index",
        "After a forced detach the device index can be used again at once, as EC2 sees it.",
        "AttachNetworkInterface warns that the guest may need a stop and start",
        "Only an operator forces a detach; a refused index is tried again later",
        SELECT,
    ),
    Belief(
        "missing-card-error",
        "An attach to a network card that the type lacks is refused with InvalidParameterValue.",
        "Undocumented",
        "dualhome uses card 0 alone",
        LOCAL_RULES,
    ),
    Belief(
        "managed-interface-error",
        "An attach of an interface that an AWS service manages is refused with"
        " OperationNotPermitted.",
        "EC2 User Guide, requester-managed interfaces: that it is refused, not how",
        "Such interfaces are passed over before any call",
        ERRORS,
        needs="an interface that a service manages, such as an interface endpoint's (by the hour)",
    ),
    Belief(
        "account-mismatch-error",
        "An attach of another account's interface is refused with OperationNotPermitted.",
        "EC2 User Guide, scenarios for network interfaces: that it is refused, not how",
        "Such interfaces are passed over before any call",
        ERRORS,
        needs="a second account that shares a subnet through AWS RAM",
    ),
    Belief(
        "shared-subnet-interface",
        "An instance in a VPC of its own account cannot take an interface of a shared subnet.",
        "EC2 User Guide, scenarios for network interfaces: 'a VPC that you own'",
        "Interfaces in a shared VPC are refused, ACCOUNT_MISMATCH",
        ELIGIBILITY,
        needs="a second account of an organisation that shares a subnet through AWS RAM",
    ),
    Belief(
        "local-zone-attach",
        "A Local Zone, Wavelength Zone or Outpost follows the same rule: one zone, another VPC.",
        "Undocumented",
        "Zones must be equal, and interfaces on an Outpost are refused",
        ELIGIBILITY,
        needs="a Local Zone that the account has opted into, and an Outpost",
    ),
    Belief(
        "flexible-queue-limit",
        "Interfaces above MaximumNetworkInterfaces, which flexible ENA queues allow, need an"
        " EnaQueueCount.",
        "EC2 User Guide, ENA queues: the count, not how both act together",
        "MaximumNetworkInterfaces is the limit",
        "layers/dualhome/dualhome/adapters/ec2/shapes.py",
        needs="an instance of a type with flexible ENA queues, 8th generation and large",
    ),
    Belief(
        "guest-configuration",
        "Guests other than Amazon Linux need help with addresses, routes and DNS of a second"
        " interface.",
        "EC2 User Guide, network interface attachments: Amazon Linux and Windows alone",
        "The guest is its owner's",
        "docs/limits.md",
        needs="a guest of each system with a check inside, for example by SSM Run Command",
    ),
)
