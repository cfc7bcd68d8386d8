"""A believable office to try the service with: unions, people, and cases of the last two years."""

from casework.demo.load import Loaded, load

__all__ = ["Loaded", "load"]
