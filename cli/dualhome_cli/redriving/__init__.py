"""What was set aside in dead-letter queues, done over."""
