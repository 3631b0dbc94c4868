"""What screens and reports ask: plain rows out, seen by a viewer."""
