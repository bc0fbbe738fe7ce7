"""What servers say of why an answer is over, and what that means. Pure, but for a line in the log.

OpenAI's own words are ``stop``, ``length``, ``content_filter``, ``tool_calls`` and ``function_call``
(https://platform.openai.com/docs/api-reference/chat/object). Behind the same interface TGI says ``eos_token``,
DeepSeek ``insufficient_system_resource``, Zhipu ``sensitive`` and ``network_error``, Mistral ``model_length``, and
proxies hand on what Gemini (``MAX_TOKENS``), Anthropic (``end_turn``), Bedrock (``guardrail_intervened``) and Cohere
(``ERROR_TOXIC``) say.
"""

import logging
import re

from chathakase.core.types import FinishReason

PLAIN = re.compile(r"[\w.:-]{1,40}", re.ASCII)
"""A reason that may reach the log; a server might put words of people there."""
MOST_UNKNOWN = 50
"""How many unknown reasons are remembered."""

_MEANINGS = {
    FinishReason.WHOLE: """
        stop stopped stop_sequence stop_sequence_reached stop_sequence_hit stop_string stop_string_found stop_str
        stop_token stop_word stop_words stop_trigger stop_criteria stop_criteria_met
        eos eos_token eos_found eos_token_id eog eog_token eot eot_token end end_of_text end_of_sequence end_of_turn
        end_turn complete completed completion_complete finish finished done normal natural success""",
    FinishReason.LENGTH: """
        length limit max_tokens max_tokens_reached max_length max_length_reached max_new_tokens max_output_tokens
        max_completion_tokens max_predicted_tokens_reached token_limit token_limit_reached length_limit length_capped
        output_limit truncated model_length max_model_length max_context_length context_length
        context_length_exceeded context_length_reached context_limit context_window_exceeded
        model_context_window_exceeded error_limit""",
    FinishReason.FILTERED: """
        content_filter content_filtered content_filter_error content_blocked content_moderation content_policy
        content_policy_violation policy_violation moderation moderated blocked blocklist censored flagged
        safety safety_filter image_safety refusal refused sensitive sensitive_words recitation image_recitation
        prohibited_content image_prohibited_content spii model_armor guardrail guardrails guardrail_intervened
        error_toxic jailbreak risk_control""",
    FinishReason.TOOLS: """
        tool_calls tool_call tool_use tool function_call function_calls malformed_function_call malformed_tool_call
        malformed_tool_use unexpected_tool_call too_many_tool_calls missing_thought_signature""",
    FinishReason.FAILED: """
        error error_finish failed failure fault exception server_error internal_error internal_server_error
        network_error connection_error provider_error upstream_error engine_error model_error unknown_error
        insufficient_system_resource insufficient_resources resource_exhausted out_of_memory overloaded
        engine_overloaded rate_limit preempted evicted model_unloaded unload unloaded load
        abort aborted cancel cancelled canceled user_cancel user_cancelled user_stopped interrupted incomplete
        disconnected timeout timed_out time_limit time_limit_reached max_time deadline_exceeded pause_turn
        language other image_other no_image malformed_response malformed_model_output""",
}
_NOT_YET = "null none unspecified unfinished not_finished in_progress generating continue"
"""What some servers say as long as there is more to come."""


def _bare(reason: str) -> str:
    """``FinishReason.MAX_TOKENS``, ``FINISH_REASON_MAX_TOKENS``, ``maxTokens`` and ``max_tokens`` are the same."""
    letters = re.sub(r"[^a-z]", "", reason.rpartition(".")[2].lower())
    return letters.removeprefix("finishreason")


_TABLE: dict[str, FinishReason | None] = {
    _bare(word): ending for ending, words in _MEANINGS.items() for word in words.split()
} | dict.fromkeys(map(_bare, _NOT_YET.split()))

log = logging.getLogger(__name__)


class Reasons:
    """Reads reasons, and tells the log once of each that it does not know."""

    def __init__(self) -> None:
        self._unknown = set[str]()

    def ending(self, said: object) -> FinishReason | None:
        """What a reason means; None as long as the answer is not over."""
        if isinstance(said, dict):
            # SGLang's own: {"type": "stop", "matched": …}.
            said = said.get("type")
        if not said:
            return None
        if not isinstance(said, str):
            return self._note("of another type")
        bare = _bare(said)
        return _TABLE[bare] if bare in _TABLE else self._note(said)

    def _note(self, reason: str) -> FinishReason:
        shown = reason if PLAIN.fullmatch(reason) else "not a plain word"
        if shown not in self._unknown and len(self._unknown) < MOST_UNKNOWN:
            self._unknown.add(shown)
            log.warning("The model's server ended an answer for an unknown reason, treated as cut off: %s", shown)
        return FinishReason.UNKNOWN
