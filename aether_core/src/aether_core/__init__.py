"""Aether."""
