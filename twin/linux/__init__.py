"""Makes a network namespace do what a configuration means, with the real daemons."""
