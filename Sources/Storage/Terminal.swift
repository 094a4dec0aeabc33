internal import Foundation

/// What the system knows of a terminal.
package enum Terminal {
  /// How many columns the terminal behind a descriptor has now; `nil` where there is none.
  package static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    let status = ioctl(descriptor, UInt(TIOCGWINSZ), &size)
    return status == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
  }
}
