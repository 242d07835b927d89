"""Counts by hour and day that the dashboard is made of: counting them, keeping them, and what they come to."""
