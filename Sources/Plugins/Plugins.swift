// The room 'Plugins'.
