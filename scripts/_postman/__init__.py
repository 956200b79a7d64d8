"""The Postman collection of the API."""
