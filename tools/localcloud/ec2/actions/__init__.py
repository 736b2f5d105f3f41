"""The calls that change EC2, and EC2's rules on them."""
