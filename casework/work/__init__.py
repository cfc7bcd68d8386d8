"""The work: what people do, one verb a function."""
