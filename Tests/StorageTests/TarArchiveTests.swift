import Foundation
import Testing

@testable import Storage

/// Archives that Python's `tarfile` and `gzip` wrote.
private enum Packed {
  /// A folder, "./a.json" of two bytes, "folder/b" of six hundred, and "empty".
  static let good = """
    H4sIAAAAAAACA+3WzQqCQBSG4XMpXsH8OZPXo2SLqAw1UKR7b4hW4qZglPB9Nmd2Z/FxPkbpU3M51q2WdEx08P49o/lc
    eBd5cJIFWcGj68s2rpR9UrpU5665yab5u3n+zgTJDPknNz0FO/Zp/2rD+7c2X+j/gvtfwwAkQLP+h/p678fEO374/xvr
    6X8AAAAAAAAAAADgWy8pW6qIACgAAA==
    """

  /// The same without its end.
  static let cut = """
    H4sIAAAAAAACA9PTT8vPSUkt0megHTAAAjMTEzANBOg0Fra5sakRg4IpAx1AaXFJYhHQSoaRCfT0E/WyivPzGAY0/o3Q
    49/IwJRBwWA0/mkOqmsZRsEIBtDSP2kA87+hoTGW8t98NP/TA1SMAqIBAGvxUtQsCQAA
    """

  /// A header that says another size than its sum.
  static let damaged = """
    H4sIAAAAAAACA+3WSwrCMBSF4buUriCPNmnWU7EOilrpAxRx7wZxVDqpkBbp/01uZndwuIcofWrPx7rTko6JSuc+M5rO
    mXcofC6ZlxWM/VB1caXsk9KVavr2KpvmH6b558ZLZsg/uedLsGPf9j9seP/WFjP9H7j/NdyBBGjW/1BfbsMj8Y4f/v/G
    OvofAAAAAAAAAAAAWOoNzQRTUAAoAAA=
    """

  /// A file that says it has 8 GiB.
  static let endless = """
    H4sIAAAAAAACA+3RTQqCYBgE4PconkDN3/MI6SoQtFbR3ftoE0gtFaLn2czsZjF5Mc2X87gUsZ8y6Zrmlck2P/S+bqvI
    2jjAbb0OS5qM/zQcsPHt//5t839XnerISv/v7v4IAAAAAAAAAADgRz0BAJGaegAoAAA=
    """

  /// "a.json" and "./a.json", which are one place.
  static let twice = """
    H4sIAAAAAAACA+3UMQrCQBAF0DmKJ4hDSPQwYrFtigSMVuLdXa3EUkhA8l7zh2mm+lOaYZ7GWFRWh657Z/WdVfsxv/bH7DN2
    GSu4zddyqSdjm+6PYMOafVn8A/zQ/zZ7/V/D6awDAAAAAAAAAAD/7Ala5mFrACgAAA==
    """

  /// A folder alone.
  static let empty = """
    H4sIAAAAAAACA+3NTQpAUACF0bcUK0A8rEdhpJSf/XsZypRS50y+O7t5MS3zMK5FeE+ZtDFeTe592F3dVCFrwgeObe/X
    dBkAAAAAAAAAAADgP04zqKQ3ACgAAA==
    """
}

@Suite("A packed archive")
struct TarArchiveTests {
  @Test("has its files, and neither folders nor a leading dot")
  func files() throws {
    let archive = try TarArchive(gzip: try bytes(Packed.good), from: "x.tar.gz")
    #expect(archive.members.map(\.name) == ["a.json", "folder/b", "empty"])
    #expect(archive["a.json"] == Array("{}".utf8))
    #expect(archive["folder/b"] == Array(repeating: UInt8(ascii: "x"), count: 600))
    #expect(archive["empty"] == [])
    #expect(archive["folder"] == nil)
  }

  @Test(
    "is refused where it is damaged",
    arguments: [
      (Packed.cut, "'folder/b' should have 600 bytes, but 300 are left"),
      (Packed.damaged, "a header is damaged"),
      (Packed.endless, "'a' should have 8589934591 bytes"),
      (Packed.twice, "'a.json' is there twice"),
      (Packed.empty, "it holds no files"),
      ("e30=", "its 2 bytes are no whole gzip stream"),
    ])
  func damaged(_ text: String, _ reason: String) throws {
    let error = try #require(throws: StorageError.self) {
      try TarArchive(gzip: try bytes(text), from: "x.tar.gz")
    }
    #expect(error.happened.contains(reason), "\(error.happened)")
  }

  @Test("is refused wherever it is cut short")
  func cut() throws {
    let whole = try bytes(Packed.good)
    for count in 0..<whole.count - 8 {
      #expect(throws: StorageError.self) {
        try TarArchive(gzip: Array(whole.prefix(count)), from: "x.tar.gz")
      }
    }
  }

  @Test("unpacks to so many bytes and no more")
  func most() throws {
    let whole = try bytes(Packed.good)
    let count = try #require(Inflated.gzip(whole, most: 1 << 20)).count
    #expect(Inflated.gzip(whole, most: count)?.count == count)
    #expect(Inflated.gzip(whole, most: count - 1) == nil)
  }

  private func bytes(_ text: String) throws -> [UInt8] {
    Array(try #require(Data(base64Encoded: text, options: .ignoreUnknownCharacters)))
  }
}
