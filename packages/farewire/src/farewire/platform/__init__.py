"""What every service needs: settings, logs, metrics, health, Redis and the database."""
