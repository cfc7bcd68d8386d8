"""Ways to the outside: mail, signed webhooks and the robots of chat groups. They know no database."""
