"""Characters that people may write where a tag, a message or a name is read."""

HOSTILE = (
    "aZ09 .,;:=@*_-+#/\\|~'\"`<>&%$(){}[]"
    "\t\n\r\x00\x1b\x1c\x7f\x85\xa0\u2028\u3000"  # control characters, and spaces beside the space
    "\u0661\uff11\u00b2\u2167"  # digits of other scripts: int() takes two of them
    "\u00e4\u00df\u0130\u01c5\u0301\u540d\u05d0\u202e\u200d\ufeff\ufffd\U0001f40d\U0010ffff"
)
"""For texts: a listed alphabet spares a fresh clone the seconds of hypothesis' table of Unicode."""
