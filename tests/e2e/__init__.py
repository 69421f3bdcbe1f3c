"""Chromium on the whole stack."""
