"""Any CSV or TSV file with a header, read as a recording."""
