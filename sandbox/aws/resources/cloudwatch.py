"""What Pulumi keeps under `cloudwatch`: three services of AWS."""

from __future__ import annotations

from sandbox.aws.resources import alarms, events, logs

TABLE = (*logs.TABLE, *alarms.TABLE, *events.TABLE)
