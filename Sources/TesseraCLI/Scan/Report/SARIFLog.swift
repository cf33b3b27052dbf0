#if CLI
import TesseraCore

/// Findings as a SARIF 2.1.0 log (OASIS standard). It has no snippet and no hash of one: both would hold the secret
/// (threat D6). What identifies a finding over time is the baseline's keyed fingerprint, when there is a key.
enum SARIFLog {
    static func document(
        of findings: [(finding: Finding, fingerprint: String?)], isComplete: Bool, version: String
    ) -> JSONText {
        let rules = SecretPattern.allCases.filter { pattern in findings.contains { $0.finding.pattern == pattern } }
        return .object([
            ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")), ("version", .string("2.1.0")),
            (
                "runs",
                .array([
                    .object([
                        (
                            "tool",
                            .object([
                                (
                                    "driver",
                                    .object([
                                        ("name", .string("tessera scan")), ("version", .string(version)),
                                        ("rules", .array(rules.map(rule))),
                                    ])
                                )
                            ])
                        ),
                        // Code points, as the columns of the other formats.
                        ("columnKind", .string("unicodeCodePoints")),
                        (
                            "invocations",
                            .array([.object([("executionSuccessful", .boolean(isComplete))])])
                        ), ("results", .array(findings.map { result($0.finding, $0.fingerprint, rules) })),
                    ])
                ])
            ),
        ])
    }

    private static func rule(_ pattern: SecretPattern) -> JSONText {
        .object([("id", .string(pattern.rawValue)), ("shortDescription", text(pattern.title))])
    }

    private static func result(_ finding: Finding, _ fingerprint: String?, _ rules: [SecretPattern]) -> JSONText {
        var message = "\(finding.pattern.title): \(finding.tag)."
        if let commit = finding.commit { message += " It is in the history since commit \(commit)." }
        var members: [(name: String, value: JSONText)] = [
            ("ruleId", .string(finding.pattern.rawValue)),
            ("ruleIndex", .number(rules.firstIndex(of: finding.pattern) ?? -1)), ("level", .string("error")),
            ("message", text(message)),
            (
                "locations",
                .array([
                    .object([
                        (
                            "physicalLocation",
                            .object([
                                ("artifactLocation", .object([("uri", .string(finding.pathInRepository.uri))])),
                                (
                                    "region",
                                    .object([
                                        ("startLine", .number(finding.line)), ("startColumn", .number(finding.column)),
                                    ])
                                ),
                            ])
                        )
                    ])
                ])
            ),
        ]
        if let fingerprint {
            members.append(("fingerprints", .object([("tessera/v1", .string(fingerprint))])))
        }
        return .object(members)
    }

    private static func text(_ text: String) -> JSONText { .object([("text", .string(text))]) }
}
#endif
