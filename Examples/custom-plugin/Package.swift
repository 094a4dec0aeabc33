// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "custom-plugin",
  dependencies: [
    // In a package of your own: .package(url: "https://…/opd", from: "…"). Without `traits: []` it has the teacher
    // 'openai' too, a live HTTP service, and links FoundationNetworking.
    .package(name: "opd", path: "../..", traits: [])
  ],
  targets: [
    .target(name: "MyPlugins", dependencies: [.product(name: "OPD", package: "opd")]),
    .executableTarget(
      name: "my-opd", dependencies: ["MyPlugins", .product(name: "OPD", package: "opd")]),
    .testTarget(
      name: "MyPluginsTests",
      dependencies: ["MyPlugins", .product(name: "DistillTesting", package: "opd")]),
  ]
)
