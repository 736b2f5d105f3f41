"""What every command shares: tables, the terminal, prompts, options, and text to be copied."""
