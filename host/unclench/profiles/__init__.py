"""What the host knows of instruments before they say anything: sensors, converters, boards."""
