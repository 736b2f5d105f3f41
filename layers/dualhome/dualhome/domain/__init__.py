"""The rules, as pure functions over values: no I/O, no clock, no chance."""
