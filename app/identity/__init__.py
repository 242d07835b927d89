"""Signing in at somebody else's: who vouches for a person, and what was said of them."""
