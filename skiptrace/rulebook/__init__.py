"""Contact rules: files in, typed frozen objects out, all problems at once; and the engine that asks them."""
