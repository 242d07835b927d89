"""Counting what a re-screening of things already published would change. Pure."""
