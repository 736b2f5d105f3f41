"""The local cloud from outside: start, deploy, control, stop."""
