"""Checks of what the product is made of: rules read, cross-checked, and their cases run."""
