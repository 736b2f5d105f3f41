"""Prefixes of the names of the roles whose calls are counted."""

RECONCILER = "dualhome-ReconcileInstancesRole-"
STATUS_WRITER = "dualhome-WriteStatusRole-"
DETACHER = "dualhome-DetachInterfaceRole-"
