"""What people say, want and change: understood, limited, saved."""
