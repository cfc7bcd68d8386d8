"""The programmes: one file or folder each; adding one edits no other file."""
