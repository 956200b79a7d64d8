"""What all calls of one process share: retry budgets, circuit breakers, the region that works."""
