-- Who changed what. A call counts as a change unless CloudTrail says that it only reads.
SELECT DISTINCT
  moment, area, subject, token, action, principal, session, address, region, agent, event
FROM events
WHERE
  error IS NULL
  AND COALESCE(readonly, 'false') <> 'true'
  AND service <> 'sts.amazonaws.com'
  -- Services deliver logs all day, and asking questions changes nothing.
  AND NOT (area = 'bucket' AND action = 'PutObject' AND COALESCE(kind, '') = 'AWSService')
  AND NOT (area = 'query' AND action IN ('StartQueryExecution', 'StopQueryExecution'))
ORDER BY moment, event, subject
