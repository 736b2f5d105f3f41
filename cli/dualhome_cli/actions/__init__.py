"""What commands change, each by a request or an update of the stack, followed to its end."""
