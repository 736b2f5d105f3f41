"""`dualhome targets`: capacity, shortages, and what mends them."""
