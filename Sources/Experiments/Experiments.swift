// The room 'Experiments'.
