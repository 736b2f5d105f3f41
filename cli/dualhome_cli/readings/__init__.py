"""What `dualhome doctor` asks AWS, for its checks to judge."""
