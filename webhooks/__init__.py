"""The one way in: verify, store once, answer; then hand on what was stored."""
