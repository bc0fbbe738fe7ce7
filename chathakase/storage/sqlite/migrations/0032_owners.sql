-- A session belongs to whoever asked the first question in it, and no longer to whoever opened it by a command.
UPDATE sessions SET owner = coalesce((
    SELECT CASE WHEN m.author = '' AND m.seq = 1 THEN sessions.owner ELSE m.author END FROM messages m
    WHERE m.session = sessions.id AND m.seq > 0 AND (m.asks = 1 OR m.seq = 1 AND m.role = 'user') ORDER BY m.seq LIMIT 1
), '');
