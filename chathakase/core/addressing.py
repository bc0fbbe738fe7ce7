"""To whom a message in a thread is said, as far as its words tell. Pure.

Only what plainly speaks to somebody counts: a name with a sign behind it (``Alice, did you book?``), behind a greeting
or thanks (``thanks Alice``), behind an @, before a question to ``you``, or at the end of a line that is all there is,
behind a comma. What may as well be about somebody (``Alice: 5``), be an ordinary word (``Will it rain?``), or stand in
what somebody passes on, speaks to nobody in particular.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator

import regex

from chathakase.core.mentions import USER

LOOKED_AT = 300
"""Characters at either end of a text among which it is looked for whom it speaks to."""
LONGEST = 80
"""Characters of the longest name that is looked for."""

GREETINGS = (
    *("hey", "hi", "hello", "hiya", "yo", "thanks", "thx", "ty", "cheers", "sorry", "congrats", "welcome"),
    *("hola", "gracias", "merci", "salut", "bonjour", "danke", "hallo", "ciao", "grazie", "obrigado", "obrigada"),
    *("olá", "bedankt", "hej", "tack", "привет", "спасибо", r"thank\s+you", r"well\s+done"),
    r"good\s+(?:morning|afternoon|evening|night|job|idea)",
)
"""Words behind which a name is called also without a comma."""
ORDINARY = frozenset(
    {
        *("will", "may", "mark", "april", "june", "august", "art", "bill", "bob", "chance", "chase", "dean", "dev"),
        *("drew", "faith", "frank", "grace", "guy", "hope", "hunter", "iris", "ivy", "jack", "joy", "max", "miles"),
        *("pat", "penny", "ray", "rich", "rob", "rose", "ruby", "sandy", "sky", "sue", "summer", "violet"),
    }
)
"""Names that are words as well, so that they may begin a list: ``May, June and July are wet``."""
HONORIFICS = r"-?(?:san|sensei|kun|chan)\b|さん|ちゃん|くん|様|さま|先生|씨|님"
"""What may be said behind a name, as a pattern."""
NOBODY = frozenset(
    {
        *("an", "and", "as", "at", "but", "can", "do", "he", "hey", "hi", "if", "in", "is", "it", "my", "no", "now"),
        *("oh", "ok", "on", "or", "please", "right", "see", "so", "sorry", "sure", "thanks", "the", "to", "well"),
        *("admin", "bot", "dr", "guest", "info", "mr", "mrs", "ms", "new", "note", "prof", "question", "sales", "sir"),
        *("support", "team", "test", "user", "yes"),
    }
)
"""What begins the names of some, such as ``So Yeon`` and ``Test User``, and by which alone nobody is called."""

_NAME, _WORD_TOO, _AT = "\ue000", "\ue001", "\ue002"
"""What stands in a text in the place of a name, of one that is an ordinary word too, and of one behind an @."""
_ANY = f"[{_NAME}{_WORD_TOO}{_AT}]"
_AND = r"(?:\s*[,、&]\s*|\s+(?:and|und|et|y|e|и)\s+|\s*[と和]\s*)"
_NAMES = rf"{_ANY}(?:{_AND}{_ANY})*"
_GREETING = rf"(?:(?:{'|'.join(GREETINGS)})\b|谢谢|謝謝|你好|嗨)"
_INTERJECTION = (
    rf"(?:{_GREETING}|(?:oh|ok|okay|yes|yeah|yep|no|nope|sure|right|well|and|but|so|sí|oui|ja|nein|да|нет)\b|はい|うん)"
)
_SIGN = r"(?:[,:;、،؛!?—–…]|\s-\s|\.\.\.)"
_ASKS_YOU = (
    r"(?:(?:what|when|where|why|how|who|which)\s+)?"
    r"(?:did|do|does|don't|didn't|are|were|is|can|could|would|will|have|has|should|may)\s+(?:you|u|ya|your)\b|please\b(?!\W*\Z)"
    r"|(?:hast|bist|kannst|könntest|willst|weißt)\s+du\b|(?:as|es|peux|pourrais|veux)-tu\b|¿"
)
_REPORTS = (
    r"(?:['’]s\b|[的の说說]|\s+and\s+(?:i|me|we|us)\b|\s+(?:said|says|told|tells|asked|asks|wrote|writes|thinks|thought|wants|wanted"
    r"|needs|claims|claimed|suggests|suggested|proposed|mentioned|meant|means|sent|shared)\b(?!\s+you\b))"
)
"""What goes on behind somebody's name by telling of them."""
_TELLS = (
    rf"(?:{_REPORTS}|\s+(?:is|was|has|had|will|would|can|could|can't|cannot|won't)\b"
    r"(?!\s+(?:you|u|ya|your|we|i|it|this|that|there|the)\b|\s+do\W*\Z)|\s+to\b)"
)
"""The same in words with which a question may begin, too."""
_ABOUT = (
    rf"(?:[“„«「『\"]|[+-]?\s?\p{{Sc}}?\d(?![^\n]*\byou\b)|not\s+{_ANY}"
    r"|(?:please|pls|bitte|i\s+think|i\s+guess|probably|maybe|of\s+course|obviously)\W*\Z"
    rf"|(?:who|whose|our|the|an?|my|from)\b[^,.?!\n]{{1,80}},{_TELLS})"
)
"""What stands behind a name and its sign where somebody is only named: a quote, a number, a correction, a remark."""
_ENDS_LIST = rf"(?:\s*\n|\W*\Z|{_AND})"
_LISTED = r"\w+\s*(?:,|、|&|and\b|or\b|und\b|oder\b)"
_HONORIFIC = regex.compile(rf"{HONORIFICS}|君|[야아](?=[\s,])")

_MAY_BEGIN = regex.compile(
    rf"\W*(?:{_INTERJECTION}|[^\n]{{0,80}}?(?:{_SIGN}|[¿你您])|(?:\S+\s+){{1,3}}(?:{_ASKS_YOU})|@|<@)", regex.IGNORECASE
)
_MAY_END = regex.compile(r"[,、][^\n,、]{1,80}\Z")
_BEGINS = regex.compile(
    rf"""\s*(?:{_GREETING}(?:\s*{_NAMES}(?!{_TELLS})|[,!]\s*{_NAMES}(?=\s*(?:{_SIGN}|[.\n)。]|\W*\Z)))
        | {_AT}(?!{_REPORTS})
        | {_NAMES}(?:\s+(?:{_ASKS_YOU})|\s*[你您])
        | (?:{_INTERJECTION}[,!]?\s+)?
            (?!{_WORD_TOO}\s*,\s*{_LISTED}) {_NAMES}\s*{_SIGN}+\s*(?=\S)(?!{_ABOUT})(?!{_NAMES}{_ENDS_LIST}))""",
    regex.IGNORECASE | regex.VERBOSE,
)
_ENDS = regex.compile(rf"\A(?:[^\n:]*[,、])?(?P<before>[^,:\n、]*)[,、]\s*{_NAMES}[\s.!?…)~。！？]*\Z")
_TELLS_OF = regex.compile(_REPORTS, regex.IGNORECASE)
_LIST_BEFORE = regex.compile(rf"{_ANY}\s*\Z|\A(?!.*\b[Yy]ou\b).*\s\p{{Lu}}\w*\s*\Z", regex.DOTALL)
_JUST_INTERJECTION = regex.compile(rf"\s*{_INTERJECTION}\s*", regex.IGNORECASE)
_TRANSCRIPT = regex.compile(rf"^\s*{_ANY}\s*:", regex.MULTILINE)
_MENTION = regex.compile(rf"<@({USER})>")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー々]+")
_BRACKETED = regex.compile(r"\s*[(\[|{【].*")
_WORD = regex.compile(r"[\w'’.-]+")


def may_address(text: str) -> bool:
    """Whether a text may speak to somebody, so that it is worth knowing what people are called."""
    beginning, end = _beginning(text), _end(text)
    return bool(_MAY_BEGIN.match(beginning) or _MAY_END.search(end))


def addresses(text: str, names: Collection[str], *, ids: Collection[str] = ()) -> bool:
    """Whether a text speaks to somebody who has one of these full names, or is mentioned by one of these user ids."""
    forms = frozenset(form.casefold() for name in names for form in _forms(name)) - NOBODY
    beginning = _marked(_beginning(text), forms, ids)
    if len(_TRANSCRIPT.findall(beginning)) > 1:
        # What several people said, told by somebody.
        return False
    return _BEGINS.match(beginning) is not None or _ends_calling(_marked(_end(text), forms, ids))


def tells_of_whom_it_names(text: str, at: int) -> bool:
    """Whether a text goes on there, behind a mention of somebody, by telling of them: ``@bob said …``."""
    return _TELLS_OF.match(text, at) is not None


def names_one(text: str, names: Iterable[str]) -> bool:
    """Whether one of some names stands in a text, as a word of its own."""
    wanted = "|".join(regex.escape(unicodedata.normalize("NFKC", name)) for name in names if name)
    plain = unicodedata.normalize("NFKC", text)
    return bool(
        wanted
        and regex.search(rf"(?<![\p{{Latin}}\p{{N}}_])(?:{wanted})(?![\p{{Latin}}\p{{N}}_])", plain, regex.IGNORECASE)
    )


def _ends_calling(text: str) -> bool:
    """Whether a text ends by calling somebody, behind a comma and what is more than another part of a list."""
    found = _ENDS.search(text)
    if found is None or _LIST_BEFORE.search(found["before"]):
        return False
    before = found["before"].strip()
    unspaced = _UNSPACED.search(before) is not None and len(before) > 3
    return unspaced or len(before.split()) > 1 or _JUST_INTERJECTION.fullmatch(before) is not None


def _beginning(text: str) -> str:
    """The beginning of a text, in which full-width letters and signs are ordinary ones."""
    return unicodedata.normalize("NFKC", text[:LOOKED_AT].lstrip())


def _end(text: str) -> str:
    return unicodedata.normalize("NFKC", text[-LOOKED_AT:].rstrip())


def _marked(text: str, forms: Collection[str], ids: Collection[str]) -> str:
    """A text with a mark in the place of each mention of somebody, and of each name with what honours it."""
    text = _MENTION.sub(lambda found: _AT if found[1] in ids else found[0], regex.sub(_ANY, " ", text))
    lengths = sorted({len(form) for form in forms}, reverse=True)
    marked, at = "", 0
    while at < len(text):
        end = _end_of_name(text, at, forms, lengths)
        marked += _mark(text[at:end]) if end else text[at]
        at = end or at + 1
    return regex.sub(f"@[{_NAME}{_WORD_TOO}]", _AT, marked)


def _mark(name: str) -> str:
    return _WORD_TOO if name.casefold() in ORDINARY else _NAME


def _end_of_name(text: str, at: int, forms: Collection[str], lengths: Iterable[int]) -> int:
    """Where a name ends that begins at a place in a text; 0 when none does."""
    if at and _is_of_a_word(text[at - 1]) and not _UNSPACED.match(text[at]):
        return 0
    for length in lengths:
        if text[at : at + length].casefold() in forms:
            honoured = _HONORIFIC.match(text, at + length)
            if honoured or _UNSPACED.match(text[at]) or not regex.match(r"\w|['’]\w", text, pos=at + length):
                return honoured.end() if honoured else at + length
    return 0


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _forms(name: str) -> Iterator[str]:
    """What somebody of a full name is called: by all of it, by its first word, and in East Asia by either part."""
    full = _BRACKETED.sub("", unicodedata.normalize("NFKC", name)).strip()[:LONGEST]
    words = [word for word in _WORD.findall(full) if not word.endswith(".")]
    if full:
        yield full
    yield from (word for word in words[:1] if len(word) > 1)
    if not _UNSPACED.fullmatch("".join(words)):
        return
    yield from (word for word in words if len(word) > 1)
    if len(words) == 1 and len(full) > 2:
        yield from (full[:cut] for cut in range(2, len(full)))
        yield from (full[cut:] for cut in range(1, len(full) - 1))
