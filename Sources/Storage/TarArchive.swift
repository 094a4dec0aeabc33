/// The files of a tar archive, packed with gzip, as training servers hand adapters out.
///
/// Source: POSIX.1-2017, `pax`, "ustar Interchange Format". Links, folders and extended headers are passed over.
package struct TarArchive: Sendable {
  /// A file's path within the archive, without a leading "./", and what it holds.
  package typealias Member = (name: String, bytes: [UInt8])

  /// The files in the archive's order.
  package private(set) var members: [Member] = []

  /// The content of the file with a path, or `nil` if there is none.
  package subscript(name: String) -> [UInt8]? { members.first { $0.name == name }?.bytes }

  /// There is an end, since gzip packs up to 1,032 to one and an archive of some MB could ask for all memory.
  private static let most = 1 << 31
  private static let block = 512

  /// The files of an archive.
  ///
  /// - Parameters:
  ///   - packed: The archive's bytes.
  ///   - source: Where they are from, for sentences.
  /// - Throws: `StorageError.unreadable` where it is no gzip stream or no archive, is cut short, has two files of a name, or
  ///   unpacks to over 2 GiB.
  package init(gzip packed: [UInt8], from source: String) throws(StorageError) {
    func refuse(_ reason: String) -> StorageError {
      .unreadable(path: source, format: "a packed archive", reason: reason)
    }
    guard let bytes = Inflated.gzip(packed, most: Self.most) else {
      throw refuse("its \(packed.count) bytes are no whole gzip stream of at most 2 GiB")
    }
    var rest = bytes[...]
    var names: Set<String> = []
    // Blocks of zeros end an archive.
    while rest.count >= Self.block, rest.first != 0 {
      let head = Head(rest.prefix(Self.block))
      guard head.isWhole, let size = head.size else { throw refuse("a header is damaged") }
      rest = rest.dropFirst(Self.block)
      guard size <= rest.count else {
        throw refuse("'\(head.name)' should have \(size) bytes, but \(rest.count) are left")
      }
      if head.isFile {
        guard names.insert(head.name).inserted else {
          throw refuse("'\(head.name)' is there twice")
        }
        members.append((head.name, Array(rest.prefix(size))))
      }
      rest = rest.dropFirst((size + Self.block - 1) / Self.block * Self.block)
    }
    guard !members.isEmpty else { throw refuse("it holds no files") }
  }

  /// The 512 bytes before a file.
  private struct Head {
    private let bytes: [UInt8]

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

    private func text(_ range: Range<Int>) -> String {
      String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A number in octal digits; archives beyond 8 GiB write it otherwise and are not read.
    private func number(_ range: Range<Int>) -> Int? {
      let digits = text(range).drop { $0 == " " }.prefix { $0 != " " }
      return Int(digits, radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }

    var name: String {
      let folder = text(345..<500)
      let name = folder.isEmpty ? text(0..<100) : folder + "/" + text(0..<100)
      return name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    }

    var size: Int? { number(124..<136) }

    var isFile: Bool { bytes[156] == 0 || bytes[156] == UInt8(ascii: "0") }

    /// Whether the header has the sum that it says, taken with its own place as spaces.
    var isWhole: Bool {
      let sum = bytes.indices.reduce(0) {
        $0 + ((148..<156).contains($1) ? 32 : Int(bytes[$1]))
      }
      return number(148..<156) == sum
    }
  }
}
