"""What `./dev bench puller` and `./dev bench soak` are made of."""
