"""The small words of messages and of the direct line, a file a language, under the same keys."""
