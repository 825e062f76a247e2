"""What the law asks of a hub: erasing, retention, the rights of people, and its records."""
