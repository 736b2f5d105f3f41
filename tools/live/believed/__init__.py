"""What dualhome believes of AWS without proof, by subject."""
