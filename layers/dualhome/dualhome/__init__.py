"""Dual-homes EC2 instances: an interface from another VPC, attached because a tag asks for it."""
