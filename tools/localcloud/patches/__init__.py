"""Where ministack and moto differ from AWS, service by service."""
