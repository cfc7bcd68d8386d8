"""The rules: pure Python, no database, no clock, no input or output."""
