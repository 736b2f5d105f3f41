"""`make live`: what dualhome believes of AWS, tried in a real account."""
