"""What the belt may do. Trusts nobody: knows neither programs nor the wire, only requests, observations and time."""
