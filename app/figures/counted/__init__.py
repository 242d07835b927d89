"""What is counted of an hour. A module here has ``count(session, since, until)``; the folder is the registration."""
