"""What goes into the API and what comes out, one module a subject (docs/adr/0019-api.md)."""
