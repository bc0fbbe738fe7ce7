"""The Web API over HTTP: who calls, with what, how often, and what is answered."""
