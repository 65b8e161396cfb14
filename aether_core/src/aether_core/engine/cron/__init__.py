"""Schedules: what fires them, and what is told of them (engine.md 13).

A package of its own below the engine, which gives out its names: few runs need it.
"""
