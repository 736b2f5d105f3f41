"""What commands read of the account: EC2 and both tables."""
