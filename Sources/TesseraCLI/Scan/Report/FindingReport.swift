#if CLI
import TesseraCore

/// Findings as lines of text or of JSON. No form of it holds anything of a secret but its tag.
enum FindingReport {
    /// The findings of one file, for people.
    static func text(_ findings: [Finding]) -> String {
        guard let path = findings.first?.path.printable else { return "" }
        let places = findings.map { "\($0.line):\($0.column)" }
        let width = places.map(\.count).max() ?? 0
        let names = findings.map(\.pattern.rawValue.count).max() ?? 0
        var output = path + "\n"
        for (finding, place) in zip(findings, places) {
            output += "  " + String(repeating: " ", count: width - place.count) + place
            output +=
                "  " + finding.pattern.rawValue + String(repeating: " ", count: names - finding.pattern.rawValue.count)
            output += "  \(finding.tag)"
            if let commit = finding.commit { output += "  in \(commit.prefix(12))" }
            output += "\n"
        }
        return output
    }

    static func json(_ finding: Finding) -> JSONText {
        var members: [(name: String, value: JSONText)] = [
            ("type", .string("finding")), ("path", .string(finding.path.redacted)), ("line", .number(finding.line)),
            ("column", .number(finding.column)), ("pattern", .string(finding.pattern.rawValue)),
            ("tag", .string(finding.tag)),
        ]
        if let commit = finding.commit { members.append(("commit", .string(commit))) }
        return .object(members)
    }
}
#endif
