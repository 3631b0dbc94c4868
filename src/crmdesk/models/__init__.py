"""What is stored: one class per entity, one file per area."""
