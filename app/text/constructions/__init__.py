"""What is meant where no listed word is said: constructions, found in every text beside the listed words."""

from app.text.constructions.find import read_closely, read_many_closely

__all__ = ["read_closely", "read_many_closely"]
