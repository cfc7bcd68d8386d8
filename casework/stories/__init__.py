"""Invented cases as they go, told by the rules of real ones: what the demonstrations of programmes are made with."""
