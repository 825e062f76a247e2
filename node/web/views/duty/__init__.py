"""The duty room: pages on which an operator looks after the hub (docs/pages.md)."""
