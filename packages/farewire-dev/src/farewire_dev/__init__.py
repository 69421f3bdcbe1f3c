"""What never ships in an image: the embedded stack, the shoppers, the data tools and the test plugin."""
