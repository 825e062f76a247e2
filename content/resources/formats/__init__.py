"""
The formats in which catalogues come in and go out. No I/O, no HTTP, no clock.

Each module has `write(entries)` and `read(...)`, which yields `Found`, `Deleted` or `BadRecord` for
each record it meets and never raises for what a source says (docs/catalogue.md).
"""
