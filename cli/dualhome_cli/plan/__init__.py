"""`dualhome plan`: what the reconciler would do, simulated and shown."""
