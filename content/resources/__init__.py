"""The resources of a hub, and what it holds of others' resources."""
