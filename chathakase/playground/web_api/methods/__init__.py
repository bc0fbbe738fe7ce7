"""The Web API's methods, one function each."""
