// The room 'OPDCommands'.
