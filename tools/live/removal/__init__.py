"""What a run has made is found again by its tag, and removed."""
