"""The outside world. Each file owns one thing of it, and knows none of the others."""
