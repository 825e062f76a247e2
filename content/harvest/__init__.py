"""Harvesting: sources of records, what they gave so far, and what each run did."""
