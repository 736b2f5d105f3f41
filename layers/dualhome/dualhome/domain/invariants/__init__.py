"""What must hold of ledger and EC2: always, and once all is at rest."""
