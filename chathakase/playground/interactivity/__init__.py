"""What people do with the app beside writing: clicks, choices, modals, shortcuts and slash commands."""
