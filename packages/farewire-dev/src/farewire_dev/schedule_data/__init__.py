"""Writes the shipped schedule, `data/schedule.ssim`, from a real week of departures from New York."""
