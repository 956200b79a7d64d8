"""The use cases: one async function per operationId, between the domain, the storage and the providers."""
