"""What the runner should do: interval profiles as people write them, and the timeline the coach follows."""
