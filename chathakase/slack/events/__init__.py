"""What comes in: events, read and stored before they are acknowledged."""
