"""What people see of all their threads at once: read for them, and shown anew when something in it changes."""
