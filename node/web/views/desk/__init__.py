"""The desk: the pages on which staff and experts work on cases (docs/pages.md)."""
