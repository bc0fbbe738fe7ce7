"""From the model's Markdown to pages that Slack shows. Pure."""
