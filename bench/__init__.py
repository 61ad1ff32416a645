"""What the product may cost, measured."""
