#if CLI
import ArgumentParser
import TesseraCore

/// Writes findings as they come, in one of the formats, to stdout or at the end to a file.
struct ScanReport {
    private let format: ScanFormat
    private let isForBaseline: Bool
    private let output: String?
    private var kept: [(finding: Finding, fingerprint: String?)] = []
    private var text = ""

    init(format: ScanFormat, isForBaseline: Bool, output: String?) {
        self.format = format
        self.isForBaseline = isForBaseline
        self.output = output == "-" ? nil : output
    }

    /// - Parameter findings: Those of one file.
    mutating func add(_ findings: [Finding], _ scan: Scan) throws {
        guard !findings.isEmpty else { return }
        if isForBaseline || format == .sarif {
            kept += findings.map { ($0, scan.fingerprint(of: $0)) }
        } else if format == .json {
            for finding in findings { try write(FindingReport.json(finding).line + "\n") }
        } else {
            try write(FindingReport.text(findings))
        }
    }

    mutating func finish(_ summary: ScanSummary) throws {
        guard !isForBaseline else { return }
        switch format {
        case .text: break
        case .json: try write(summary.json.line + "\n")
        case .sarif:
            let log = SARIFLog.document(
                of: kept, isComplete: summary.coverage.isComplete, version: TesseraTool.configuration.version)
            try write(log.line + "\n")
        }
        if let output { try OutputFile.write(Array(text.utf8), to: output) }
    }

    func baseline(key: BaselineKey) -> [UInt8] {
        Baseline.document(of: kept.compactMap { kept in kept.fingerprint.map { (kept.finding, $0) } }, key: key)
    }

    /// The secrets that were found are alive and known to the redactor: should a form of one have come this far, a tag
    /// takes its place here.
    private mutating func write(_ piece: String) throws {
        let safe = Redactor.process.redact(piece)
        if output == nil { try Terminal.write(safe.utf8) } else { text += safe }
    }
}
#endif
