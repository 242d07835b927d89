"""Weiheng: compliance and risk control for video commerce."""
