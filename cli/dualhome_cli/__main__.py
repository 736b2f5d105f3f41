"""`python -m dualhome_cli`: the command, from a checkout."""

from dualhome_cli.main import dualhome

dualhome(prog_name="dualhome")
