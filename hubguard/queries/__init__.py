"""Questions an auditor asks, answered from the trail's log files."""
