"""What providers tell by themselves: taken in at once, acted on afterwards."""
