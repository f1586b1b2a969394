"""How fast Recoup is and how much memory it takes, against the bare readers: ``python -m benchmarks``."""
