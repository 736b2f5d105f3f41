"""The account on one page of HTML: facts gathered, drawn, and written with everything escaped."""
