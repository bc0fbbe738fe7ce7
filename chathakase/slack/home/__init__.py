"""All threads of one person at once, on the app's Home tab and in modals: how they look, what is pressed there."""
