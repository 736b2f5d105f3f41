"""One EC2 call in, one reply out: parsing, throttling, faults, tokens, reads."""
