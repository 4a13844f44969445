"""The one way out to Shopify: GraphQL only, one version, documents in queries/."""

ADMIN_API_VERSION = "2026-07"
