"""Signing in with the identity provider of a city (OpenID Connect, docs/adr/0063-oidc.md)."""
