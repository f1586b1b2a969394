"""The Excel add-in: its ribbon, its VBA, and the file they are built into."""
