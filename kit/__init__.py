"""What every package may use and nothing of the business: settings, database, clock, errors, logs, money."""
