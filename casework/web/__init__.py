"""The pages: for those who work here, and for those who ask for help. They call `work` in process, not the API."""
