"""What people send in as files: known by what is in them, read by a process of its own, kept without metadata."""
