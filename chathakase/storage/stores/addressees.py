"""Who talks to whom in a session, as an SQL condition."""


def among_people(session: str, said: str, author: str) -> str:
    """Of a session, by an expression for its id: people talk among themselves at a time, and not only one author.

    So they do when the newest message before it that is said to somebody is said to people, not to the bot.
    """
    return f"""
    (coalesce((SELECT m.said_to FROM messages m WHERE m.session = {session} AND m.said_to > 0 AND m.role <> 'cleared'
        AND m.said < {said} ORDER BY m.said DESC LIMIT 1), 0) = 2
    AND EXISTS (SELECT 1 FROM messages o WHERE o.session = {session} AND o.role = 'user' AND o.name = ''
        AND o.author NOT IN ('', {author})))
    """
