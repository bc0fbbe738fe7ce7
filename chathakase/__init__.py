"""A Slack assistant whose memory is the thread."""
