"""The report: a session, or weeks of them, as one HTML file that needs nothing else."""
