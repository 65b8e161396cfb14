"""Secrets between the store, which has only tokens, and executors, which need values."""
