// The room 'Storage'.
