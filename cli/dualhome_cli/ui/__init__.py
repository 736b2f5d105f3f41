"""What every command shares with the person or program that reads it: tables, terminal, prompts."""
