"""Programs of other people: which there are, how to get them, and our dictionary in the forms they read."""
