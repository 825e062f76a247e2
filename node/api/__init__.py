"""
The JSON API under /api/v1: one table of routes, from which router and OpenAPI are made.

routes.py the shape of a route · table.py all of them · models.py what goes in and out · the other
modules hold the handlers, one subject each (docs/adr/0019-api.md).
"""
