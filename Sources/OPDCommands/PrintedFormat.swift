internal import ArgumentParser

/// How a command prints what it found, for people or for programs: `--format` of every command.
enum PrintedFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}

/// How a list is printed, also for a spreadsheet.
enum ListFormat: String, CaseIterable, ExpressibleByArgument {
  case text, csv, json
}

/// How a table is printed, also for a README.
enum TableFormat: String, CaseIterable, ExpressibleByArgument {
  case text, markdown, json
}

/// How a page of documentation is printed.
enum PageFormat: String, CaseIterable, ExpressibleByArgument {
  case text, markdown
}
