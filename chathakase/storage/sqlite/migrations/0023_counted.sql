-- How a model counts tokens is learned at each start, from the newest turns that tell of it.
CREATE INDEX turns_counted ON turns (ended_at) WHERE estimate > 0 AND prompt_tokens > 0;
