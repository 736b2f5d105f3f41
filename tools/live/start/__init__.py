"""What comes before anything is made."""
