"""One module per schema; `upgrade(op)` brings a store there from the one before."""
