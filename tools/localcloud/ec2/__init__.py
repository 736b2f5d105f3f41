"""The local EC2: moto's resources behind EC2's own rules, states, events and limits."""
