"""The commands of the command line, one module a family; `console` holds what they share."""
