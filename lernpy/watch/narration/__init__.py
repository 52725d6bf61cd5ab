"""What an event of a lesson says: its numbers, its formula, one plain sentence."""
