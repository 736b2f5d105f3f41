"""Systems Manager as AWS has it: documents, managed nodes, and commands that really run."""
