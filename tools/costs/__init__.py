"""What the stack costs per month."""
