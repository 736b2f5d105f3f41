"""`dualhome targets`: capacity, shortages, and their remedies."""
