"""``python -m app.cli`` is ``weiheng``."""

from app.cli import main

main()
