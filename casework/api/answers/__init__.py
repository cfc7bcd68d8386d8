"""What is answered: a struct for each noun, from which its JSON, its schema and its place on the page come."""
