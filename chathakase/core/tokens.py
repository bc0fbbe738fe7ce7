"""How many tokens a text has, nearly, without any vocabulary. Pure."""

import re

MESSAGE_TOKENS = 4
"""What the marks around a message take, besides its text: three for OpenAI's models, one for a role or a name
(https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken); other chat templates are near."""
REPLY_TOKENS = 3
"""What the beginning of the answer takes (same source)."""
IMAGE_TOKENS = 1_100
"""What a scaled picture takes: OpenAI's high detail is 85 and 170 for each of up to six tiles of 512 pixels, 1,105
(https://platform.openai.com/docs/guides/images-vision)."""

_PIECES = re.compile(r"[A-Za-z]+|[0-9]{1,3}|[^\sA-Za-z0-9]+|\s+")


class Estimator:
    """Estimates tokens by what kinds of characters a text is made of (a TokenCounter)."""

    @property
    def name(self) -> str:
        """How it counts."""
        return "estimate"

    def count(self, text: str) -> int:
        """About how many tokens a text has, rather more than fewer."""
        return (len(text.encode("utf-8", "surrogatepass")) + 2) // 3
