"""Data sets that come with lernpy: points in the plane, logic, the fruit stall, iris, the digits."""
