"""What the model gets to see: what is remembered, what is above, what files hold."""
