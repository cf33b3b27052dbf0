#if CLI
import ArgumentParser

/// How findings are written.
enum ScanFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people, grouped by file.
    case text
    /// One JSON object a line: each finding, and a summary at the end.
    case json
    /// SARIF 2.1.0, for code hosts and editors.
    case sarif
}
#endif
