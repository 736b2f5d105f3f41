"""How the names of the roles begin whose calls are counted."""

RECONCILER = "dualhome-ReconcileInstancesRole-"
PUBLISHER = "dualhome-PublishChangesRole-"
