-- Who may stop an answer or have it again are those who asked for it. Of what was said before this was noted, every
-- message of a person counts as asking.
ALTER TABLE messages ADD COLUMN asks BIGINT NOT NULL DEFAULT 0;  -- 1: this message wants an answer

UPDATE messages SET asks = 1 WHERE role IN ('user', 'cleared') AND reply_to IS NULL;

-- A turn that ended can be taken up again. It waits for that exactly while it has a wish.
ALTER TABLE turns ADD COLUMN run BIGINT NOT NULL DEFAULT 1;      -- how often it was run to an end
ALTER TABLE turns ADD COLUMN wish TEXT CHECK (wish IN ('retry', 'continue'));

CREATE INDEX turns_reopened ON turns (session, upto) WHERE wish IS NOT NULL;
