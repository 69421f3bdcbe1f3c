"""What services say to each other and to the world: typed, and refusing what they do not know."""
