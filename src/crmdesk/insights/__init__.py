"""What the store tells about itself."""
