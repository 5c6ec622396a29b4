"""What a recording amounts to: figures, and their rendering for people and for programs."""
