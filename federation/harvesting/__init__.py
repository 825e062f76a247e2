"""Asking harvest sources politely, and taking over what they gave."""
