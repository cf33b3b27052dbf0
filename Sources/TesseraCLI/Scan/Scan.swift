#if CLI
import TesseraCore

/// What a scan has come to so far: which findings are new, and the numbers of the rest.
struct Scan {
    private let key: BaselineKey?
    private let baseline: Baseline?
    private let limits: ScanLimits
    private(set) var summary = ScanSummary()
    /// Where each secret was seen, as hashes whose key ends with this process.
    private var seen: Set<Int> = []
    private var lastPath: TreePath?

    init(limits: ScanLimits, key: BaselineKey?, baseline: Baseline?) {
        self.limits = limits
        self.key = key
        self.baseline = baseline
    }

    /// Whether it has come to its limit of findings.
    var isFull: Bool { summary.findings >= limits.findings }

    /// Looks through a file of the tree; every place of a secret is a finding.
    mutating func findings(in file: TreeWalk.File) -> [Finding] {
        findings(in: file.contents, file.path, file.pathInRepository, commit: nil)
    }

    /// Looks through a blob of the history; what was seen at this path before, in the tree or in an older commit, is not
    /// told again.
    mutating func findings(in blob: HistoryWalk.Blob) -> [Finding] {
        findings(in: blob.contents, blob.path, blob.path, commit: blob.commit)
    }

    mutating func finish(_ coverage: ScanCoverage) {
        summary.coverage = coverage
        summary.coverage.isCutShort = isFull
    }

    func fingerprint(of finding: Finding) -> String? { key?.fingerprint(of: finding) }

    private mutating func findings(
        in contents: [UInt8], _ path: TreePath, _ pathInRepository: TreePath, commit: String?
    ) -> [Finding] {
        var found: [Finding] = []
        for hit in ContentScanner.hits(in: contents) {
            switch hit.verdict {
            case .placeholder: summary.placeholders += 1
            case .allowed: summary.allowed += 1
            case .reported:
                let finding = Finding(
                    pattern: hit.pattern, path: path, pathInRepository: pathInRepository, line: hit.line,
                    column: hit.column, secret: Secret(bytes: contents[hit.range]), commit: commit)
                let isNew = seen.insert(Scan.hash(of: finding)).inserted
                guard isNew || commit == nil else { continue }
                if let key, let baseline, baseline.contains(key.fingerprint(of: finding)) {
                    summary.known += 1
                    continue
                }
                guard !isFull else { return found }
                summary.findings += 1
                if path != lastPath { summary.filesWithFindings += 1 }
                lastPath = path
                found.append(finding)
            }
        }
        return found
    }

    private static func hash(of finding: Finding) -> Int {
        var hasher = Hasher()
        hasher.combine(finding.pattern)
        hasher.combine(finding.pathInRepository)
        finding.secret.withExposedBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        return hasher.finalize()
    }
}
#endif
