-- What was said behind a command is kept until the command is done, and no longer.
UPDATE errands SET argument = '' WHERE done_at IS NOT NULL AND argument <> '';
