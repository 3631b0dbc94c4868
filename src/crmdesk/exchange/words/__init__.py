"""The words of other programs: for choices, salutations, columns, legal forms."""
