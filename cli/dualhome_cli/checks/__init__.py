"""What `dualhome doctor` looks at, by concern: each check reads something, and judges it purely."""
