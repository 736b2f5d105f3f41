"""Beliefs about attaching and detaching interfaces."""

from live.believed.belief import Belief

ERRORS = "layers/dualhome/dualhome/adapters/aws_errors.py"
SELECT = "layers/dualhome/dualhome/domain/planning/select.py"
ELIGIBILITY = "layers/dualhome/dualhome/domain/planning/eligibility.py"
ROLLBACK = "layers/dualhome/dualhome/application/rollback.py"
LOCAL_ATTACHMENTS = "tools/localcloud/ec2/actions/attachments.py"
OBSERVE = "layers/dualhome/dualhome/domain/planning/observe.py"
LOCAL_RULES = "tools/localcloud/ec2/actions/rules.py"

ATTACHING = (
    Belief(
        "attach-to-stopped",
        "An interface attached to a stopped instance comes to show `attached`.",
        "An EC2-compatible implementation; AWS documents the attach alone",
        "After five minutes it is detached, ATTACH_TIMEOUT, and retried later",
        OBSERVE,
    ),
    Belief(
        "stopped-shows-attaching",
        "An interface attached to a stopped instance shows `attaching` first.",
        "Inferred from running instances; an EC2-compatible implementation skips it",
        "The interface is polled by its state",
        LOCAL_ATTACHMENTS,
    ),
    Belief(
        "attach-to-hibernated",
        "An interface attached to a hibernated instance comes to show `attached`.",
        "Inferred: a hibernated instance is `stopped`",
        "A refusal makes the record `failed`, and it is retried later",
        OBSERVE,
    ),
    Belief(
        "pending-instance-error",
        "An attach to a `pending` instance is refused with IncorrectState or"
        " IncorrectInstanceState.",
        "EC2 API Reference, error codes; which of both, and the text, is undocumented",
        "An unknown code makes the message fail loudly, and it is redelivered",
        ERRORS,
    ),
    Belief(
        "index-beyond-count",
        "A device index at or above the type's number of interfaces is accepted.",
        "Undocumented",
        "A pin must be below it, and the lowest free index always is",
        LOCAL_RULES,
    ),
    Belief(
        "taken-index-error",
        "An attach at a device index that is taken is refused with InvalidParameterValue, in a text"
        " with `interface attached at device index`.",
        "Public code that matches this text; EC2 promises none",
        "The record becomes `failed` and is retried later; the next index is not tried at once",
        ERRORS,
    ),
    Belief(
        "in-use-error",
        "An attach of an interface in use is refused with InvalidNetworkInterface.InUse, or with"
        " InvalidParameterValue in a text with `in use`.",
        "EC2 API Reference, error codes: either; the second text is undocumented",
        "EC2 is asked who has the interface, whatever the code",
        ERRORS,
    ),
    Belief(
        "attach-keeps-interface",
        "An attachment has DeleteOnTermination off unless it is switched on afterwards.",
        "Public code that switches it on; AWS documents the default of launches alone",
        "The record warns DELETE_ON_TERMINATION; the pool loses the interface with the instance",
        "docs/limits.md",
    ),
    Belief(
        "attach-time",
        "An attach to a running instance shows `attached` within five minutes.",
        "Terraform's AWS provider waits as long; AWS gives no figure",
        "The attachment is released, ATTACH_TIMEOUT, and retried later",
        OBSERVE,
    ),
    Belief(
        "detach-time",
        "A detach from a running instance is over within five minutes, of 16 that a rollback polls"
        " for.",
        "Public reports of more than 200 seconds; AWS gives no figure",
        "The record becomes `stuck`, and an operator must act",
        ROLLBACK,
    ),
    Belief(
        "detach-gone-error",
        "A detach of an attachment that is gone is refused with InvalidAttachmentID.NotFound.",
        "EC2 API Reference, error codes; public code takes it as success",
        "The rollback polls the interface, which decides; if it cannot, the record is `stuck`",
        ERRORS,
    ),
    Belief(
        "detach-twice",
        "A second detach, while the first is under way, is accepted.",
        "Undocumented",
        "A refusal is repeated until the interface is free",
        "statemachines/rollback.asl.json",
    ),
    Belief(
        "index-upper-bound",
        "A device index above 31 is accepted.",
        "Undocumented; an EC2-compatible implementation refuses it",
        "An index is below the type's number of interfaces, so at most 31 on any type",
        LOCAL_RULES,
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
        "Such interfaces are skipped before any call",
        ERRORS,
        needs="an interface that a service manages, such as an interface endpoint's (by the hour)",
    ),
    Belief(
        "account-mismatch-error",
        "An attach of another account's interface is refused with OperationNotPermitted.",
        "EC2 User Guide, scenarios for network interfaces: that it is refused, not how",
        "Such interfaces are skipped before any call",
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
