"""Local stand-ins for Shopify, Twilio, the carrier and the mail server: the demo and the tests, never production."""
