extension SafetensorsFile {
  /// Why a tensor cannot be read.
  struct Refusal: Error {
    let reason: String
  }

  /// Where a tensor's numbers lie and what they are; the names are the format's.
  struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]

    func tensor(named name: String, in body: ArraySlice<UInt8>) throws(Refusal) -> NamedTensor {
      guard let format = NumberFormat(rawValue: dtype) else {
        throw Refusal(reason: "'\(name)' holds \(dtype), not F32, F16, BF16 or F64")
      }
      var count = 1
      for extent in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else { throw Refusal(reason: "'\(name)' has shape \(shape)") }
        count = product
      }
      guard data_offsets.count == 2, data_offsets[0] >= 0, data_offsets[1] <= body.count,
        data_offsets[0] <= data_offsets[1]
      else {
        throw Refusal(
          reason: "'\(name)' should lie at bytes \(data_offsets), but there are \(body.count)")
      }
      let (bytes, overflow) = count.multipliedReportingOverflow(by: format.bytes)
      guard !overflow, bytes == data_offsets[1] - data_offsets[0] else {
        throw Refusal(
          reason: "'\(name)' of shape \(shape) does not fill bytes \(data_offsets)")
      }
      let first = body.startIndex + data_offsets[0]
      let values = format.values(body[first..<first + bytes])
      return NamedTensor(name, shape: shape, values: values)
    }
  }

  /// The kinds of numbers that can be read.
  enum NumberFormat: String {
    case single = "F32"
    case half = "F16"
    case brain = "BF16"
    case double = "F64"

    var bytes: Int {
      switch self {
      case .half, .brain: 2
      case .single: 4
      case .double: 8
      }
    }

    func values(_ bytes: ArraySlice<UInt8>) -> [Float] {
      bytes.withUnsafeBytes { raw in
        (0..<bytes.count / self.bytes).map { index in
          switch self {
          case .single:
            Float(bitPattern: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
          case .half:
            Float(
              Float16(bitPattern: raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
          case .brain:
            Float(
              bitPattern: UInt32(raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                << 16)
          case .double: Float(raw.loadUnaligned(fromByteOffset: 8 * index, as: Double.self))
          }
        }
      }
    }
  }

  /// The header: entries by name beside one object of texts.
  struct Header: Codable {
    var entries: [(name: String, entry: Entry)] = []
    var metadata: [String: String]

    init(metadata: [String: String]) { self.metadata = metadata }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      metadata = [:]
      for key in container.allKeys {
        if key.stringValue == Name.metadata.stringValue {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          entries.append((key.stringValue, try container.decode(Entry.self, forKey: key)))
        }
      }
      entries.sort {
        ($0.entry.data_offsets.first ?? 0, $0.name) < ($1.entry.data_offsets.first ?? 0, $1.name)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Name.self)
      if !metadata.isEmpty { try container.encode(metadata, forKey: .metadata) }
      for (name, entry) in entries { try container.encode(entry, forKey: Name(name)) }
    }
  }

  /// A key of the header.
  struct Name: CodingKey {
    static let metadata = Name("__metadata__")

    let stringValue: String
    var intValue: Int? { nil }

    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }
}
