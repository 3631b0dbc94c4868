"""What a user can do: one file per area, one function per deed."""
