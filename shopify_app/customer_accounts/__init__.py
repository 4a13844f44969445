"""The shop's customer accounts at Shopify: signing in by OpenID Connect, and the client's own orders (2026-07)."""
