"""Campaigns: many faults at random moments of real visits, from a seed; and searches through what is left."""
