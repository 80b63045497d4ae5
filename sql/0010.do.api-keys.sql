-- Why: who may ask the service for what. Only hashes of the secrets are kept. A key that was revoked stays as a line, so that keys
-- are still demanded when the last of them is gone.

CREATE TABLE api_keys (
  id               uuid PRIMARY KEY,
  name             text NOT NULL,
  scopes           text[] NOT NULL CHECK (scopes <@ ARRAY['signalling', 'read', 'admin'] AND cardinality(scopes) > 0),
  -- Domains; NULL: all of them.
  contact_centers  text[] CHECK (cardinality(contact_centers) > 0),
  secret_hash      bytea NOT NULL,
  -- The one before the last rotation, for the time of the overlap.
  old_secret_hash  bytea,
  old_secret_until timestamptz,
  created_at       timestamptz NOT NULL,
  expires_at       timestamptz,
  rotated_at       timestamptz,
  revoked_at       timestamptz,
  -- Give or take a minute.
  last_used_at     timestamptz
);
