"""One module for each command of `dualhome`, named as it is; the command in it is `command`."""
