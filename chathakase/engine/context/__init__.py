"""What the model gets to see: what is remembered, what was said before, what files hold."""
