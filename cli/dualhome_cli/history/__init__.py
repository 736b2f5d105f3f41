"""`dualhome history` and `watch`: moves, as rows."""
