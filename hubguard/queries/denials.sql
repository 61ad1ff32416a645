-- Who tried what and was denied, reading or changing.
SELECT DISTINCT
  moment, area, subject, token, action, error, principal, session, address, region, agent, reason, event
FROM events
WHERE
  REGEXP_LIKE(error, '(?i)denied|authoriz|authfailure|forbidden')
ORDER BY moment, event, subject
