public enum Report { public static func write(_ d: String, to: String, metric: String, baseline: String?) async throws {} }
