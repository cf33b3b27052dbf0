#if CLI
/// The numbers of a whole scan.
struct ScanSummary: Sendable {
    var findings = 0
    var filesWithFindings = 0
    /// Findings of the baseline.
    var known = 0
    /// What a comment allows.
    var allowed = 0
    var placeholders = 0
    var coverage = ScanCoverage()

    /// The lines for stderr.
    var notes: [String] {
        var notes = coverage.gaps.map { "tessera: not scanned: \($0.path.printable): \($0.omission.explanation)" }
        if coverage.gapCount > coverage.gaps.count {
            notes.append("tessera: not scanned: \(coverage.gapCount - coverage.gaps.count) more")
        }
        if coverage.isCutShort { notes.append("tessera: the scan ended at \(findings) findings; there may be more") }
        var line =
            "tessera: \(counted(findings, "finding")) in \(counted(filesWithFindings, "file")); "
            + "\(counted(coverage.files, "file")) read"
        let left = [
            (known, "in the baseline"), (allowed, "allowed by a comment"),
            (placeholders, placeholders == 1 ? "placeholder" : "placeholders"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        if !left.isEmpty { line += "; not reported: " + left.joined(separator: ", ") }
        let omitted = ScanCoverage.Omission.allCases.compactMap { omission in
            coverage.omissions[omission].map { "\($0) \(omission.rawValue)" }
        }
        if !omitted.isEmpty { line += "; left out: " + omitted.joined(separator: ", ") }
        notes.append(line)
        return notes
    }

    var json: JSONText {
        .object([
            ("type", .string("summary")), ("findings", .number(findings)), ("complete", .boolean(coverage.isComplete)),
            ("files_read", .number(coverage.files)), ("bytes_read", .number(coverage.bytes)),
            ("in_baseline", .number(known)), ("allowed", .number(allowed)), ("placeholders", .number(placeholders)),
            (
                "left_out",
                .object(
                    ScanCoverage.Omission.allCases.compactMap { omission in
                        coverage.omissions[omission].map { (omission.name, .number($0)) }
                    })
            ),
        ])
    }

    private func counted(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}

extension ScanCoverage.Omission {
    /// As a member's name.
    fileprivate var name: String { String(rawValue.map { $0 == " " ? "_" : $0 }) }
}
#endif
