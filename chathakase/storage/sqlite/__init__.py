"""SQLite: its driver, schema and migrations, search, copies and diagnostics."""
