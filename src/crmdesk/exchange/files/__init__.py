"""What files hold: readers that make tables of them, whatever they are."""
