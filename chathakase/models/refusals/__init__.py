"""What it means when a model's server refuses a request: of what it complains, in whichever words. Pure."""
