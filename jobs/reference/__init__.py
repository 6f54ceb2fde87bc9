"""The reference pages of the documentation, made from what the program itself goes by: commands, keys, tables, exit codes."""
