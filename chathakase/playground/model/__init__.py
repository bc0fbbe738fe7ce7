"""The stand-in for a language model: an echo behind an OpenAI-compatible server."""
