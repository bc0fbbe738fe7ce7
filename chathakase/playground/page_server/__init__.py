"""What the browser's page is served: its files, one WebSocket with all that happens, and the deeds of people."""
