"""`python -m reference`: bring docs/commands.md up to date."""

from reference.page import PAGE, up_to_date

PAGE.write_text(up_to_date(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
