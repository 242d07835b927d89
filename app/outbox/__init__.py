"""Messages to the outside: written in the transaction of their cause, signed, sent, retried."""
