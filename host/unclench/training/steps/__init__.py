"""What a session consists of: the face of a step, and one module for each kind."""
