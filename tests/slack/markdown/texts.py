"""Texts as language models write them, and worse."""

from hypothesis import strategies as st

GLYPHS = ["👩‍👩‍👧‍👦", "👍🏽", "🇯🇵🇩🇪", "❤️", "e\u0301", "が", "か\u3099", "நி", "각"]

PROSE = [
    "word ",
    "some more words of prose. ",
    "a longer sentence, with commas and things; it goes on for a while. " * 8,
    "日本語の文章です。",
    "これは**重要**な点、です！" * 12,
    "長い文章を句読点なしで書き続ける" * 40,
    "".join(GLYPHS),
    "👩‍👩‍👧‍👦" * 200,
    "e\u0301" * 300,
    "x" * 700,
    "a" + "\u0301" * 900,
    "2 * 3 and snake_case_name and 2*3 and a_b ",
    "**bold words** ",
    "**bold that goes on " + "and on " * 60 + "to here** ",
    "*italic, **both*** ",
    "~~struck words~~ ",
    "*open ",
    "**open ",
    "_open ",
    "`code` ",
    "`open code ",
    "``co`de`` ",
    "[a link](https://a.example/some_path_(x)?q=1*2) ",
    "[**bold** link](<https://a.example/a b>) ",
    "[half a link](https://a.exa",
    "[1] and [^1] and [ ",
    "![alt](https://a.example/i.png) ",
    "![](https://a.example/i.png)",
    "https://a.example/a_b_c*d*?x=1&y=2 ",
    "&amp; &lt; & ",
    "AT&T <3 >2 ",
    "\\* \\[ \\` ",
    "\\",
    "costs 5$ or $$ or $x$ ",
]
FOREIGN = [
    "a<br>b<br/>c ",
    "<b>bold</b> <i> it </i> <em>x",
    "<strong>open ",
    "</b> ",
    "<code>x<y</code> <kbd>Ctrl</kbd> ",
    "<details><summary>Title</summary>\n\ninner\n\n</details>\n",
    "<!-- a comment -->",
    "<!-- a comment\n\nof two paragraphs -->",
    "<!-- never closed ",
    '<a href="https://a.example">text</a> ',
    '<img src="https://a.example/i.png" alt="alt"> ',
    "List<T> <your-name> a < b and b > c ",
    "<span>kept</span>",
    "\\(a^2 + b^2\\) ",
    "\\[ x = y \\] ",
    "$$ e = mc^2 $$ ",
]
PINGS = [
    "<!channel> ",
    "<!here|here>",
    "<!everyone>" * 20,
    "<!subteam^S12|@devs>",
    "<@U1> ",
    "<@U2|bob> ",
    "<@<b></b>U2>",
    "<<span>!channel>",
    "<@U<!-- x -->2>",
    "`<@U1>` ",
    "[<!here>](https://a.example) ",
]
BLOCKS = [
    "\n",
    "\n\n",
    "\n\n\n",
    "  \n",
    "# Heading\n",
    "## Another heading\n\n",
    "Setext\n===\n",
    "---\n",
    "> quoted words\n> and more\nlazily continued\n",
    "> quoted " + "words " * 100 + "\n\n",
    "> > deep\n",
    "- item\n",
    "- item **bold**\n  going on\n\n  second paragraph\n",
    "  - nested\n    - more nested\n",
    "* item\n* * *\n",
    "1. one\n1. two\n1. three\n",
    "1. first\n2. second\n   - below\n\n     paragraph below\n",
    "10. ten\n11. eleven\n",
    "- [ ] to do\n- [x] done\n",
    "- " + "long item " * 50 + "\n",
    "1. Run:\n   ```bash\n   ls\n   ```\n",
    "   ```py\nnot indented\n   ```\n",
    "    indented code\n",
    "| a | b |\n|---|---|\n" + "| 1 | **2** |\n" * 30,
    "| a | b |\n|:--|--:|\n| 1 | 2<br>3 |\n\n",
    "| no table |\n",
    "a | b\n--- | ---\n1 | 2\n",
    "| 1 |",
]
FENCES = [
    "```python\nprint(1 < 2)\n",
    "```\n",
    "```",
    "``",
    "~~~\n",
    "~~~js\nlet a = `b`;\n~~~\n",
    "````\n",
    "````md\n```py\nx\n```\n````\n",
    "```" + "x" * 600 + " ",
    "~~~" + '{"a": 1},' * 100,
    "`" * 3_000,
    "    code\n" * 30,
    "code line\n" * 60,
    "> ```\n> quoted code\n> ```\n",
    "> ```py\n> quoted code\n",
    "\\[\nx = y\n",
    "\\]\n",
    "$$\n\\frac{1}{2}\n$$\n",
]

PIECES = st.sampled_from(PROSE + FOREIGN + PINGS + BLOCKS + BLOCKS + FENCES)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=20).map("".join),
    st.lists(PIECES, min_size=20, max_size=120).map("".join),
    st.lists(st.sampled_from(PROSE + FOREIGN), min_size=40, max_size=160).map("".join),
    st.text(alphabet="*_`~<>[]()!|#-+1. \n\\$&@UabCé\u0301\u200d。", max_size=60),
)
GROWTHS = st.lists(st.floats(0, 1), max_size=12).map(sorted)
"""At which shares of its length a growing text is shown."""


def numbered(kinds: list[str]) -> str:
    """One text of several, in which each ``W`` becomes a word of its own."""
    first, *others = "".join(kinds).split("W")
    return first + "".join(f"w{number}{other}" for number, other in enumerate(others))
