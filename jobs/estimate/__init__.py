"""What a run will be and cost, before it is begun: samples of its inputs, what blocking brings them, units of work and what each costs."""
