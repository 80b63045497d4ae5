-- Why: an exclamation mark in a header makes tm of Kamailio cut it off or crash, so what phones register is escaped when it is read. What
-- was stored before is the same phone still, also when it comes again.

DELETE FROM endpoints e
USING endpoints escaped
WHERE e.key LIKE '%!%' AND (escaped.domain, escaped.agent, escaped.key) = (e.domain, e.agent, replace(e.key, '!', '%21'));

UPDATE endpoints
SET key = replace(key, '!', '%21'),
    contact = replace(contact, '!', '%21'),
    instance = replace(instance, '!', '%21'),
    path = replace(path, '!', '%21'),
    received = replace(received, '!', '%21')
WHERE concat(key, contact, path, received) LIKE '%!%';

DELETE FROM accepted_endpoints a
USING accepted_endpoints escaped
WHERE a.key LIKE '%!%' AND (escaped.domain, escaped.agent, escaped.key) = (a.domain, a.agent, replace(a.key, '!', '%21'));

UPDATE accepted_endpoints
SET key = replace(key, '!', '%21')
WHERE key LIKE '%!%';
