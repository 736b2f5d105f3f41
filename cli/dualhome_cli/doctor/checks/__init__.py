"""The checks, by concern: each has what it reads, and judges it purely."""
