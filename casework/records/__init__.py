"""The records: tables, and one module of queries for each noun."""
