"""What the alarms watch: EventBridge patterns and metric filters over CloudTrail's events, as plain data."""
