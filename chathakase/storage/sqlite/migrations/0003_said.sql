-- A conversation stands in the order in which it was said, whatever order its messages came in.
ALTER TABLE messages ADD COLUMN said BIGINT NOT NULL DEFAULT 0;  -- epoch microseconds; of an answer: when what it answers was said

UPDATE messages SET said = CASE
    WHEN ref LIKE '__________.______' THEN CAST(replace(ref, '.', '') AS BIGINT)
    ELSE at * 1000
END WHERE reply_to IS NULL;

UPDATE messages SET said = coalesce(
    (SELECT asked.said FROM messages asked WHERE asked.session = messages.session AND asked.seq = messages.reply_to),
    at * 1000
) WHERE reply_to IS NOT NULL;

DROP INDEX messages_in_order;
CREATE INDEX messages_in_order ON messages (session, said, seq);
