"""The command's own adapters: each call of an AWS service that the product has no adapter for."""
