// The room 'DistillTesting'.
