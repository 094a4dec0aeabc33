import Core
import Testing

@Suite("Content hash")
struct ContentHashTests {
  private func digest(_ bytes: some Sequence<UInt8>) -> String {
    var hash = ContentHash()
    hash.append(bytes: bytes)
    return hash.hexadecimal()
  }

  @Test("is SHA-256, by the vectors of FIPS 180-4")
  func vectors() {
    #expect(
      digest([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      digest("abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      digest(repeatElement(UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("does not depend on how bytes are cut, but on how texts are")
  func parts() {
    var hash = ContentHash()
    for byte in Array("the same bytes, one by one, beyond one block of sixty-four".utf8) {
      hash.append(bytes: [byte])
    }
    #expect(
      hash.hexadecimal()
        == digest("the same bytes, one by one, beyond one block of sixty-four".utf8))
    #expect(ContentHash.of(["ab", "c"]) != ContentHash.of(["a", "bc"]))
  }
}
