-- Why: `by` is what the client says. Whose key it was, or from where, stands beside it; null: ordered before this was kept.
ALTER TABLE overrides ADD COLUMN asked_by text;
