"""What the columns of a file mean: by product, name, content and the user's word."""
