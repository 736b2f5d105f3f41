"""The benchmark: what the product costs, in seconds and in EC2 calls."""
