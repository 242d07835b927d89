"""The registry of evidence (凭证): what was proposed, verified and ended, and what of it covers something."""
