internal import CHDF5
internal import Foundation

/// Attributes that other programs write as text or as a number, as they like.
extension HDF5File {
  /// The number that an attribute is or spells; `nil` if there is no such attribute.
  ///
  /// - Parameters:
  ///   - name: The attribute.
  ///   - object: What it belongs to, `"/"` being the file itself.
  /// - Returns: A finite number, or `nil`.
  /// - Throws: `StorageError.wrongAttribute` if it is neither a finite number nor text that is one.
  package func number(_ name: String, of object: String = "/") throws -> Double? {
    guard try has(name, object) else { return nil }
    if let number = try written(name, object) {
      guard number.isFinite else { throw unusable(name, object, found: "\(number)") }
      return number
    }
    guard let text = try? attribute(name, of: object) else {
      throw unusable(name, object, found: "neither text nor one number")
    }
    // Only around it: "1 2" is not twelve. Swift would read hexadecimal numbers, too, which nobody means.
    let word = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !word.lowercased().contains("x"), let number = Double(word), number.isFinite else {
      throw unusable(name, object, found: "'\(text.prefix(40))'")
    }
    return number
  }

  /// The text of an attribute, or how its number is written; `nil` if there is no such attribute.
  ///
  /// - Parameters:
  ///   - name: The attribute.
  ///   - object: What it belongs to, `"/"` being the file itself.
  /// - Returns: The text, or `nil`.
  /// - Throws: `StorageError.missingAttribute` if it is neither text nor one number.
  package func text(_ name: String, of object: String = "/") throws -> String? {
    guard try has(name, object) else { return nil }
    guard let number = try written(name, object) else { return try attribute(name, of: object) }
    return Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  private func has(_ name: String, _ object: String) throws -> Bool {
    try reading(name) { opd_hdf5_has_attribute(handle, object, name) } == 1
  }

  /// The number, if the attribute is one and not text.
  private func written(_ name: String, _ object: String) throws -> Double? {
    var number = 0.0
    let isOther = try reading(name) {
      opd_hdf5_read_attribute_number(handle, object, name, &number)
    }
    return isOther == 0 ? number : nil
  }

  private func unusable(_ name: String, _ object: String, found: String) -> StorageError {
    .wrongAttribute(path: path, object: object, name: name, found: found)
  }
}
