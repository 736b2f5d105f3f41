"""What each belief is tried by; `live.probes.table` has them all."""
