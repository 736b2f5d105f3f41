"""What EC2 holds, how it changes by itself, and what lists show of it."""
