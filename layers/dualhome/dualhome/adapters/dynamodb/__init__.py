"""The ledger and its neighbours in the two DynamoDB tables."""
