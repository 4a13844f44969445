"""A failure of ours and its ways out in words, a file a language. English stands where they are made."""
