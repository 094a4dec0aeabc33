// The room 'Grounding'.
