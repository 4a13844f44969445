"""The pages a person sees in the demo: the admin around the app, the storefront, the outbox, the parcels."""
