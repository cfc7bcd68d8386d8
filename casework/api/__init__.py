"""The HTTP API: JSON under `/api/v1`, its description, and whether the service is alive."""
