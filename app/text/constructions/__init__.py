"""What is meant where no listed word is said: constructions, found in every text beside the listed words."""

from app.text.constructions.find import read_closely, read_many_closely, read_words
from app.text.constructions.given import with_contacts
from app.text.constructions.look import Looked, look_closely
from app.text.constructions.talk import advertised

__all__ = ["Looked", "advertised", "look_closely", "read_closely", "read_many_closely", "read_words", "with_contacts"]
