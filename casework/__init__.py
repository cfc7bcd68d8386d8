"""casework: hardship assistance and legal aid, from the first call to the closed file."""
