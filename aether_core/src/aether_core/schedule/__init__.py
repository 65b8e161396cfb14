"""Schedules: when something is due, in a time zone and through its changes of the clock."""

from __future__ import annotations

from aether_core.schedule._errors import ScheduleError, UnknownTimeZone
from aether_core.schedule._fields import MACROS
from aether_core.schedule._schedule import Schedule
from aether_core.schedule._zone import Zone

__all__ = ["MACROS", "Schedule", "ScheduleError", "UnknownTimeZone", "Zone"]
