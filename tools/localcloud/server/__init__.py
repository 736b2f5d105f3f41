"""The server process: gateway, control paths, clock, and the workers that run functions."""
