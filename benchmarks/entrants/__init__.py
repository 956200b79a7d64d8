"""One module per entrant: TASKS maps a task's name to a function that prepares it and returns what is repeated."""
