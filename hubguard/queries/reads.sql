-- Who read which token, when, from where. A batch by filters names no secret: its token is not known.
SELECT DISTINCT
  moment, token, environment, principal, session, address, region, agent, action, secret, event
FROM events
WHERE
  service = 'secretsmanager.amazonaws.com'
  AND action IN ('GetSecretValue', 'BatchGetSecretValue')
  AND error IS NULL
ORDER BY moment, event, secret
