"""What IAM is asked about an EC2 call."""
