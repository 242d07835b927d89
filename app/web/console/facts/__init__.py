"""What officers call the facts of events: one file an area of the business; ``fact_words`` reads them all."""
