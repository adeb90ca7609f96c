"""Proof: what a letter proves by itself, who really sent it and which ticket it may join."""
