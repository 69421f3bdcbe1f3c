"""Travellers as a program: they look, hesitate, hold seats and let them go, over the public HTTP API only.

What a traveller wants is drawn from a seed (`traveller`, `market`), what they decide is a coroutine without I/O
(`choice`, `visit`), and `crowd` plays many of them against a `site`.
"""
