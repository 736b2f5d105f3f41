"""`dualhome redrive`: messages of dead-letter queues, handled again."""
