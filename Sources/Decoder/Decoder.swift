// The room 'Decoder'.
