"""Two made-up months of a shop: one that is well run, one that breaks the rules; what the service says of them."""
