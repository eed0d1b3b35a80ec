"""Lessons: one Markdown file each, read once into frozen values, and linted before anybody learns."""
