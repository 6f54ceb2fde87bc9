"""What the program is made of beside its own code: the packages of the lock files, their licences, and what is known against them."""
