"""The mathematics, the scenes and the lessons of Gradus: headless, and importable in a notebook."""
