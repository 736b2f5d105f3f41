"""A local AWS on loopback: ministack, with an EC2 that keeps EC2's own rules."""
