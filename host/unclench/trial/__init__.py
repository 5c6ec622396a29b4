"""The self-trial: does seeing one's tension help? Planned, drawn and judged within one person."""
