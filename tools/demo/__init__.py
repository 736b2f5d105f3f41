"""`make demo`: instances become dual-homed, on a local cloud, and each claim is checked."""
