"""`dualhome doctor`: checks of stack and account."""
