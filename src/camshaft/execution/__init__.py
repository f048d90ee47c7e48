"""Running verified code."""
