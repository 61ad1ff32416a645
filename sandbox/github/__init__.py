"""The sandbox's GitHub: its REST API on loopback, and the real provider that talks to it."""
