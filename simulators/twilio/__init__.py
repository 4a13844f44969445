"""A stand-in for Twilio: Messages, Tokens and Verify, status callbacks and inbound texts, signed as Twilio signs."""
