"""What was acknowledged and is no turn: stored, and done once."""
