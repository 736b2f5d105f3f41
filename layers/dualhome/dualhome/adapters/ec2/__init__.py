"""The ports to EC2."""
