"""The picture: a Figure on the screen, and the learner's hand on it."""
