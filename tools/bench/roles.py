"""How the names of the roles begin whose calls are counted."""

RECONCILER = "dualhome-ReconcileInstancesRole-"
STATUS_WRITER = "dualhome-WriteStatusRole-"
