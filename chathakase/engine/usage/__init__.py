"""How much was used, and by whom, as people read it."""
