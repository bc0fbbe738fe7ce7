"""Whether a filter of contents refuses a prompt, in whichever words."""

import openai

from chathakase.models.refusals.saying import AnyOf, said, status_of

OTHER = frozenset({401, 402, 408, 429})
"""With what servers refuse for other reasons, also where they name a policy."""

FILTERED = AnyOf(
    r"content[ _]?filter|content management policy|content[ _-]?policy|safety system|responsible[ _]ai",
    r"data_?inspection_?failed|inappropriate content|content exists risk|considered high risk|new_sensitive",
    r"sensitive_?content|requires moderation|flagged (?:by|for|as)|prohibited[ _]content",
    r"敏感(?:内容|信息|词)|不安全|违规|内容安全|不合规",
)
"""OpenAI, Azure, Anthropic, LiteLLM, Alibaba, DeepSeek, Moonshot, MiniMax, Volcengine, OpenRouter, Google, Zhipu."""


def is_filtered(error: openai.APIError) -> bool:
    """Whether a server refuses what a prompt is about."""
    status = status_of(error)
    return status < 500 and status not in OTHER and FILTERED.search(said(error)) is not None
