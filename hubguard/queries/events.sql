-- What every question starts from: the calls of the period that concern this organization's secrets,
-- and the account's keys, access, trail, log buckets and alarms. One row for each secret that a call names.
WITH
calls AS (
  SELECT
    eventid AS event,
    eventtime AS moment,
    awsregion AS region,
    eventsource AS service,
    eventname AS action,
    readonly,
    errorcode AS error,
    errormessage AS reason,
    useridentity.type AS kind,
    -- A session stands for its role; a service and a stranger's account have no ARN.
    COALESCE(
      useridentity.sessioncontext.sessionissuer.arn,
      useridentity.arn,
      useridentity.invokedby,
      useridentity.principalid,
      useridentity.accountid
    ) AS principal,
    CASE
      WHEN useridentity.sessioncontext.sessionissuer.arn IS NOT NULL
      THEN NULLIF(SPLIT_PART(useridentity.arn, '/', 3), '')
    END AS session,
    sourceipaddress AS address,
    useragent AS agent,
    requestparameters AS parameters,
    CASE
      WHEN eventsource = 'secretsmanager.amazonaws.com'
      THEN COALESCE(
        asked.secret,
        JSON_EXTRACT_SCALAR(requestparameters, '$.secretId'),
        JSON_EXTRACT_SCALAR(requestparameters, '$.name'),
        JSON_EXTRACT_SCALAR(additionaleventdata, '$.SecretId')
      )
      -- Secrets Manager tells KMS for which secret it decrypts.
      WHEN eventsource = 'kms.amazonaws.com'
      THEN JSON_EXTRACT_SCALAR(requestparameters, '$.encryptionContext.SecretARN')
    END AS given,
    ELEMENT_AT(resources, 1).arn AS resource,
    -- A denied call may carry no parameters; then what it wanted stands in the message alone.
    NULLIF(NULLIF(REGEXP_EXTRACT(errormessage, 'on resource: (\S+)', 1), ''), '*') AS wanted
  FROM cloudtrail
  LEFT JOIN UNNEST(
    TRY_CAST(JSON_EXTRACT(requestparameters, '$.secretIdList') AS ARRAY(VARCHAR))
  ) AS asked (secret) ON TRUE
  WHERE
    day BETWEEN :first_day AND :last_day
    AND eventtime >= :since
    AND eventtime < :until
    AND eventsource IN (
      'secretsmanager.amazonaws.com',
      'kms.amazonaws.com',
      'iam.amazonaws.com',
      'sts.amazonaws.com',
      'cloudtrail.amazonaws.com',
      's3.amazonaws.com',
      'logs.amazonaws.com',
      'events.amazonaws.com',
      'monitoring.amazonaws.com',
      'sns.amazonaws.com',
      'glue.amazonaws.com',
      'athena.amazonaws.com'
    )
),
found AS (
  SELECT
    *,
    CASE WHEN service = 'secretsmanager.amazonaws.com' THEN COALESCE(given, wanted) ELSE given END AS secret
  FROM calls
),
located AS (
  SELECT
    *,
    REGEXP_REPLACE(secret, '^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:', '') AS path
  FROM found
),
-- A full ARN ends with a dash and six characters that are no part of the name. A partial one does not:
-- where a name itself ends like that, both readings are kept.
named AS (
  SELECT
    *,
    CASE
      WHEN secret LIKE 'arn:%' THEN REGEXP_REPLACE(path, '-[A-Za-z0-9]{6}$', '')
      ELSE path
    END AS name
  FROM located
),
-- Behind the organization come the environment and the token's name.
told AS (
  SELECT
    *,
    CASE
      WHEN STARTS_WITH(name, :prefix)
      THEN NULLIF(REGEXP_EXTRACT(SUBSTR(name, LENGTH(:prefix) + 1), '^([^/]+)/', 1), '')
    END AS environment,
    CASE
      WHEN STARTS_WITH(name, :prefix)
      THEN REGEXP_REPLACE(SUBSTR(name, LENGTH(:prefix) + 1), '^[^/]+/', '')
    END AS token,
    CASE
      WHEN STARTS_WITH(path, :prefix)
      THEN REGEXP_REPLACE(SUBSTR(path, LENGTH(:prefix) + 1), '^[^/]+/', '')
    END AS unstripped
  FROM named
)
SELECT
  event,
  moment,
  region,
  service,
  action,
  readonly,
  error,
  reason,
  kind,
  principal,
  session,
  address,
  agent,
  secret,
  environment,
  token,
  CASE
    WHEN service = 'secretsmanager.amazonaws.com' THEN 'secret'
    WHEN service = 'kms.amazonaws.com' THEN 'key'
    WHEN service IN ('iam.amazonaws.com', 'sts.amazonaws.com') THEN 'access'
    WHEN service = 'cloudtrail.amazonaws.com' THEN 'trail'
    WHEN service = 's3.amazonaws.com' THEN 'bucket'
    WHEN service IN ('glue.amazonaws.com', 'athena.amazonaws.com') THEN 'query'
    ELSE 'alarm'
  END AS area,
  COALESCE(
    CASE WHEN service = 'secretsmanager.amazonaws.com' THEN name END,
    NULLIF(
      CONCAT_WS(
        ' ',
        JSON_EXTRACT_SCALAR(parameters, '$.keyId'),
        JSON_EXTRACT_SCALAR(parameters, '$.targetKeyId'),
        JSON_EXTRACT_SCALAR(parameters, '$.aliasName'),
        JSON_EXTRACT_SCALAR(parameters, '$.roleName'),
        JSON_EXTRACT_SCALAR(parameters, '$.roleArn'),
        JSON_EXTRACT_SCALAR(parameters, '$.userName'),
        JSON_EXTRACT_SCALAR(parameters, '$.groupName'),
        JSON_EXTRACT_SCALAR(parameters, '$.policyName'),
        JSON_EXTRACT_SCALAR(parameters, '$.policyArn'),
        JSON_EXTRACT_SCALAR(parameters, '$.permissionsBoundary'),
        JSON_EXTRACT_SCALAR(parameters, '$.openIDConnectProviderArn'),
        JSON_EXTRACT_SCALAR(parameters, '$.sAMLProviderArn'),
        JSON_EXTRACT_SCALAR(parameters, '$.trailName'),
        JSON_EXTRACT_SCALAR(parameters, '$.bucketName'),
        JSON_EXTRACT_SCALAR(parameters, '$.key'),
        JSON_EXTRACT_SCALAR(parameters, '$.logGroupName'),
        JSON_EXTRACT_SCALAR(parameters, '$.filterName'),
        JSON_EXTRACT_SCALAR(parameters, '$.rule'),
        JSON_EXTRACT_SCALAR(parameters, '$.alarmName'),
        ARRAY_JOIN(TRY_CAST(JSON_EXTRACT(parameters, '$.alarmNames') AS ARRAY(VARCHAR)), ' '),
        JSON_EXTRACT_SCALAR(parameters, '$.topicArn'),
        JSON_EXTRACT_SCALAR(parameters, '$.subscriptionArn'),
        JSON_EXTRACT_SCALAR(parameters, '$.databaseName'),
        JSON_EXTRACT_SCALAR(parameters, '$.workGroup'),
        JSON_EXTRACT_SCALAR(parameters, '$.name')
      ),
      ''
    ),
    resource,
    wanted
  ) AS subject
FROM told
WHERE
  -- What belongs to others is their business; what cannot be told may be ours.
  CASE
    WHEN service = 'secretsmanager.amazonaws.com' THEN secret IS NULL OR token IS NOT NULL
    WHEN service IN ('kms.amazonaws.com', 'iam.amazonaws.com', 'cloudtrail.amazonaws.com') THEN TRUE
    -- Of everything else this project's name is a part of the name.
    ELSE COALESCE(STRPOS(COALESCE(parameters, wanted), 'hubguard'), 1) > 0
  END
  AND (
    :token = ''
    OR :token IN (token, unstripped)
    -- The secret that takes the place of a deleted one has a number behind the token's name.
    OR :token IN (REGEXP_REPLACE(token, '-[0-9]{1,3}$', ''), REGEXP_REPLACE(unstripped, '-[0-9]{1,3}$', ''))
    OR (service = 'secretsmanager.amazonaws.com' AND secret IS NULL)
  )
