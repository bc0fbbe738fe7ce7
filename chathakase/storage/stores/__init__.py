"""What is stored and how it is asked for, in statements that do not care which database they run in."""
