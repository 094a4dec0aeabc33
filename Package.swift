// swift-tools-version: 6.2
import PackageDescription

let language: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// Everywhere but in `Tensors` and `Storage` an unsafe construct is a compile error.
let safe: [SwiftSetting] = language + [.strictMemorySafety()]

#if arch(x86_64)
let processor: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]
#else
let processor: [SwiftSetting] = []
#endif

/// Optimised in debug builds too (plain debug loops are about 50 times slower), and specialised across modules in
/// release builds.
///
/// Without x86-64-v3 every fused multiply-add becomes a library call.
let optimised: [SwiftSetting] =
  [
    .unsafeFlags(["-O"], .when(configuration: .debug)),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
  ] + processor

/// A room of the house: a library target and its tests.
func room(
  _ name: String, imports: [Target.Dependency] = [], settings: [SwiftSetting] = safe
) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: settings)
}

/// The tests of one room.
func tests(
  of room: String, with others: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: room + "Tests", dependencies: [.byName(name: room)] + others, resources: resources,
    swiftSettings: language + processor)
}

let yaml: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let sockets: Target.Dependency = .product(
  name: "FlyingSocks", package: "FlyingFox", condition: .when(traits: ["Serve"]))

let subprocess: [Target.Dependency] = [
  .product(name: "Subprocess", package: "swift-subprocess"),
  .product(name: "SystemPackage", package: "swift-system"),
]

let package = Package(
  name: "opd",
  products: [
    .executable(name: "opd", targets: ["opd"]),
    .library(
      name: "OPD",
      targets: [
        "Core", "Plugins", "Student", "Teacher", "Curriculum", "TAD", "Distill", "Tasks",
        "Runs", "OPDCommands", "Engines",
      ]),
    .library(name: "DistillTesting", targets: ["DistillTesting"]),
  ],
  traits: [
    .default(enabledTraits: ["LiveTeachers", "Engines", "Serve"]),
    .trait(
      name: "LiveTeachers",
      description: "The teacher 'openai', a live HTTP service; needs FoundationNetworking."),
    .trait(
      name: "Engines",
      description: "Students on Tinker-compatible training servers; needs FoundationNetworking."),
    .trait(
      name: "Serve",
      description: "`opd serve`, a completions service for students of texts; needs FlyingSocks."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // C libraries.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CHDF5Library", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
    .target(
      name: "CHDF5", dependencies: ["CHDF5Library"], linkerSettings: [.linkedLibrary("z")]),
    // No pkgConfig for GSL: it would add -lgslcblas, whose cblas_sgemm is far slower than OpenBLAS's.
    .target(name: "CGSL", linkerSettings: [.linkedLibrary("gsl")]),

    // Vocabulary and numbers.
    room("Core"),
    room("Plugins", imports: ["Core"]),
    room("Tensors", imports: ["COpenBLAS"], settings: language + optimised),
    room("Storage", imports: ["CHDF5", "Core"], settings: language + optimised),
    room("Statistics", imports: ["CGSL", "Core"], settings: language + optimised),
    // Other programs: nothing else starts any.
    room("Programs", imports: ["Core"] + subprocess, settings: safe + optimised),

    // The network, its tokenizers, and the four rooms that never import each other.
    room("Networks", imports: ["Core", "Storage", "Tensors"], settings: safe + optimised),
    room("Tokenizers", imports: ["Core", "Storage"], settings: safe + optimised),
    room(
      "Student", imports: ["Core", "Tensors", "Networks", "Storage", "Tokenizers"],
      settings: safe + optimised),
    room(
      "Teacher", imports: ["Core", "Plugins", "Storage", "Tensors", "Networks", "Programs"],
      settings: safe + optimised),
    room("Curriculum", imports: ["Core", "Plugins"], settings: safe + optimised),
    room("TAD", imports: ["Core", "Plugins"], settings: safe + optimised),

    // Data, the step, the laboratory.
    room("Tasks", imports: ["Core", "Storage"], settings: safe + optimised),
    room(
      "Distill",
      imports: ["Core", "Tensors", "Networks", "Student", "Teacher", "Curriculum", "TAD"],
      settings: safe + optimised),
    // Students on training servers, and students that are programs.
    room(
      "Engines", imports: ["Core", "Storage", "Tensors", "Networks", "Student", "Teacher"],
      settings: safe + optimised),
    // Language models over HTTP.
    room(
      "Serve", imports: ["Core", "Networks", "Student", "Tokenizers", sockets],
      settings: safe + optimised),
    // What runs leave behind; what is read from it; many runs.
    room(
      "Records", imports: ["Core", "Plugins", "Storage", yaml], settings: safe + optimised),
    room(
      "Analysis",
      imports: ["Core", "Plugins", "Records", "Statistics", "Storage", "Curriculum", "TAD"],
      settings: safe + optimised),
    room(
      "Sweeps", imports: ["Core", "Plugins", "Programs", "Records", "Storage"],
      settings: safe + optimised),
    room("Video", imports: ["Core", "Programs", "TAD"], settings: safe + optimised),

    // The laboratory, and what checks it.
    room(
      "Runs",
      imports: [
        "Core", "Plugins", "Tensors", "Networks", "Student", "Teacher", "Curriculum", "TAD",
        "Distill", "Tasks", "Storage", "Statistics", "Records", "Analysis", "Sweeps", "Video",
        "Engines",
      ], settings: safe + optimised),
    room(
      "Selfcheck",
      imports: [
        "Core", "Plugins", "Tensors", "Networks", "Student", "Teacher", "Curriculum", "TAD",
        "Distill", "Tasks", "Storage", "Statistics", "Records", "Runs", "Tokenizers", "Programs",
      ], settings: safe + optimised),
    room(
      "OPDCommands",
      imports: [
        "Runs", "Selfcheck", "Sweeps", "Analysis", "Records", "Video", "Core", "Plugins",
        "Tensors", "Networks", "Student", "Teacher", "Curriculum", "TAD", "Distill", "Tasks",
        "Storage", "Statistics", "Tokenizers", "Engines", "Serve", "Programs", arguments,
      ]),
    room(
      "DistillTesting",
      imports: ["Core", "Tensors", "Student", "Teacher", "Curriculum", "TAD", "Distill"]),
    .executableTarget(name: "opd", dependencies: ["OPDCommands"], swiftSettings: safe),

    // Tests, one target a room.
    tests(of: "Core"),
    tests(of: "Plugins", with: ["Core"]),
    tests(of: "Tensors"),
    tests(of: "Storage", with: ["Core"]),
    tests(of: "Statistics", with: ["Core"]),
    tests(of: "Programs"),
    tests(of: "Analysis", with: ["Core", "Records", "Statistics"]),
    tests(of: "Sweeps", with: ["Core", "Plugins", "Programs", "Records", "Storage"]),
    tests(of: "Networks", with: ["Core", "Storage", "Tensors"]),
    tests(of: "Tokenizers", with: ["Core", "Storage"]),
    tests(of: "Student", with: ["Core", "Tensors", "Networks"]),
    tests(of: "Teacher", with: ["Core", "Tensors", "Networks", "Programs", "Tasks"]),
    tests(of: "Curriculum", with: ["Core"]),
    tests(of: "TAD", with: ["Core"]),
    tests(of: "Video", with: ["Core", "Programs", "TAD"]),
    tests(
      of: "Engines",
      with: ["Core", "Tensors", "Networks", "Student", "Teacher", "Distill", "Storage"],
      resources: [.copy("Recorded")]),
    tests(of: "Serve", with: ["Core", "Networks", "Storage", "Student", "Tensors", "Tokenizers"]),
    tests(of: "Tasks", with: ["Core", "Storage"]),
    tests(
      of: "Distill",
      with: [
        "Core", "Tensors", "Networks", "Student", "Teacher", "Curriculum", "TAD", "DistillTesting",
      ]),
    tests(
      of: "DistillTesting",
      with: [
        "Core", "Tensors", "Networks", "Student", "Teacher", "Curriculum", "TAD", "Distill",
        "Tasks", "Storage", "Tokenizers",
      ]),
    tests(
      of: "Runs",
      with: [
        "Core", "Plugins", "Curriculum", "Distill", "Tasks", "Storage", "Statistics", "Records",
        "Analysis", "Sweeps", "Selfcheck", "Video", "Networks", "Student", "Tensors",
        "DistillTesting", "Tokenizers",
      ]),
    tests(of: "OPDCommands", with: ["Core", "Runs", "Records", "Sweeps", "Plugins", arguments]),
  ],
  swiftLanguageModes: [.v6]
)

// OPD_EXAMPLE=1: the example of plug-ins from outside as a part of this build, without access to what is `package`. Built from
// outside it compiles the whole package once more.
if Context.environment["OPD_EXAMPLE"] == "1" {
  let sources = "Examples/custom-plugin/"
  package.targets += [
    .target(
      name: "MyPlugins",
      dependencies: ["Core", "Plugins", "Runs", "TAD", "Tasks", "Teacher"],
      path: sources + "Sources/MyPlugins", packageAccess: false),
    .executableTarget(
      name: "my-opd", dependencies: ["MyPlugins", "OPDCommands"], path: sources + "Sources/my-opd",
      packageAccess: false),
    .testTarget(
      name: "MyPluginsTests",
      dependencies: ["Core", "DistillTesting", "MyPlugins", "Tasks", "Video"],
      path: sources + "Tests/MyPluginsTests", packageAccess: false),
  ]
}

// OPD_TARGETS="TensorsTests TADTests": these targets and what they stand on, for a build that needs no more (the whole
// package with its tests takes 670 s in release on two cores, the four targets of ./test a part of it).
if let wanted = Context.environment["OPD_TARGETS"]?.split(separator: " ").map(String.init) {
  var kept = Set(wanted)
  var reached = 0
  while kept.count > reached {
    reached = kept.count
    for target in package.targets where kept.contains(target.name) {
      for case .byNameItem(let name, _) in target.dependencies { kept.insert(name) }
    }
  }
  package.targets.removeAll { !kept.contains($0.name) }
  package.products = []
}
