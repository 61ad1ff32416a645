"""What the settings need to refuse a mistake before anything is called, in one line that names the key."""
