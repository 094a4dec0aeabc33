// The room 'Distill'.
