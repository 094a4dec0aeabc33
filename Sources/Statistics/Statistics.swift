// The room 'Statistics'.
