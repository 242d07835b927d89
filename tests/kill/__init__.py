"""Child processes that tests start only to kill them."""
