-- Why: agents' phones prove who they are (RFC 8760). Kept is the HA1 of each algorithm, H(username:realm:password): all that a node
-- needs to check a proof. The password itself is nowhere.

CREATE TABLE agent_credentials (
  domain    text NOT NULL,
  agent     text NOT NULL,
  algorithm text NOT NULL CHECK (algorithm IN ('MD5', 'SHA-256')),
  realm     text NOT NULL,
  username  text NOT NULL,
  -- Hexadecimal, in lower case.
  ha1       text NOT NULL,
  PRIMARY KEY (domain, agent, algorithm),
  FOREIGN KEY (domain, agent) REFERENCES agents (domain, name) ON DELETE CASCADE
);
