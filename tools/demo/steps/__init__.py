"""The demo's steps, in their order."""
