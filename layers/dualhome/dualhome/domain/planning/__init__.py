"""What to do about one instance: desired against observed, decided purely."""
