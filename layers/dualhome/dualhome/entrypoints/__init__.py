"""Where Lambda's events become calls of the use cases."""
