-- Why: instances read the keys that are good every two seconds; those that were revoked or have expired, which only grow more, are
-- left aside.
CREATE INDEX api_keys_live ON api_keys (coalesce(expires_at, 'infinity')) WHERE revoked_at IS NULL;
