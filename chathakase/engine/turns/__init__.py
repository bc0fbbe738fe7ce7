"""One answer to everything that is asked: scheduled, run, judged, and what follows it."""
