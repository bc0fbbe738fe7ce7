"""The command line: what it is called with, and a module for each command, loaded when that is called."""
