"""The SAM CLI, run for a checkout."""
