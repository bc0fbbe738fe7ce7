"""What messages and views are made of: text, blocks, files, and what Slack takes of them."""
