#if CLI
import ArgumentParser
import TesseraCore

/// `tessera scan PATH…`.
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Find secrets in a source tree, and in its git history.",
        usage: "tessera scan [PATH…] [--history] [--baseline FILE --baseline-key env:NAME] [options]",
        discussion: """
            Looks for tokens, keys and passwords in files that .gitignore does not name. It never prints a secret: a tag \
            stands for it. Links are not followed, and nothing in the tree is executed. The exit code is 10 when there are \
            findings, 0 when there are none. A line with the comment tessera:allow is passed over.

            Examples:
              tessera scan .
              tessera scan . --history --format sarif -o tessera.sarif
              tessera scan . --baseline .tessera-baseline --baseline-key env:SCAN_KEY --write-baseline
            """)

    @Argument(help: "Folders and files; the current folder if left out.")
    var path: [String] = []

    @Flag(help: "Look through everything that the git repository of the one PATH has ever had as well.")
    var history = false

    @Option(
        help: ArgumentHelp("How findings are written: text, json (one object a line) or sarif.", valueName: "format"))
    var format: ScanFormat = .text

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write the findings to a file.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Pass over what matches, as a line of .gitignore; may repeat.", valueName: "glob"))
    var exclude: [String] = []

    @Flag(help: "Look into files that .gitignore names as well.")
    var noIgnore = false

    @Flag(help: "Look into files with NUL bytes as well.")
    var binary = false

    @Option(help: ArgumentHelp("The largest file that is read.", valueName: "MiB"))
    var maxSize: Int = 16

    @Option(help: ArgumentHelp("A file of known findings, which are not reported.", valueName: "file"))
    var baseline: String?

    @Option(
        help: ArgumentHelp("The key of the baseline, from an environment variable.", valueName: "env:NAME"))
    var baselineKey: String?

    @Flag(help: "Write all findings to the baseline, and report none.")
    var writeBaseline = false

    func validate() throws {
        guard (1...1024).contains(maxSize) else { throw ValidationError("--max-size is a number from 1 to 1024") }
        guard !history || path.count <= 1 else { throw ValidationError("--history takes one PATH") }
        guard baseline == nil || baselineKey != nil else {
            throw ValidationError("--baseline needs --baseline-key: without a key its hashes could be tried out")
        }
        guard !writeBaseline || baseline != nil else { throw ValidationError("--write-baseline needs --baseline") }
        guard !path.contains(where: { $0.isEmpty || $0.utf8.contains(0) }) else {
            throw ValidationError("a PATH is not empty")
        }
        _ = try baselineKey.map { try CredentialReference($0, option: "--baseline-key") }
    }

    func run() async throws {
        let key = try baselineKey.map { try BaselineKey(CredentialReference($0)) }
        var known: Baseline?
        if let baseline, let key, !writeBaseline {
            known = try Baseline(OutputFile.read(baseline, limit: Baseline.longest), key: key)
        }
        var limits = ScanLimits()
        limits.fileSize = maxSize * 1_048_576
        var scan = Scan(limits: limits, key: key, baseline: known)
        var report = ScanReport(format: format, isForBaseline: writeBaseline, output: output)
        try await look(&scan, &report, limits)
        try report.finish(scan.summary)
        if writeBaseline, let baseline, let key {
            try OutputFile.write(report.baseline(key: key), to: baseline)
        }
        for note in scan.summary.notes { Terminal.note(note) }
        if !writeBaseline, scan.summary.findings > 0 { throw ExitStatus.findings }
        if !scan.summary.coverage.isComplete { throw ExitStatus.inputOutput }
    }

    private func look(_ scan: inout Scan, _ report: inout ScanReport, _ limits: ScanLimits) async throws {
        var coverage = ScanCoverage()
        let exclusions = IgnoreFile(Array(exclude.joined(separator: "\n").utf8))
        let tree = TreeWalk(
            limits: limits, respectsIgnoreFiles: !noIgnore, readsBinaryFiles: binary, exclusions: exclusions)
        let names = path.isEmpty ? ["."] : path
        // Before anything is reported: a scan that ends in the middle tells less than it has found.
        let git = history ? try GitProgram(folder: names[0]) : nil
        if let git, try await HistoryWalk.isShallow(git) {
            coverage.omit(TreePath(Array(names[0].utf8)), .shallow)
        }
        for name in names where !scan.isFull {
            do {
                try tree.run(name, &coverage) { file in
                    try report.add(scan.findings(in: file), scan)
                    return !scan.isFull
                }
            } catch let failure as OpenFolder.Failure {
                throw TesseraError(
                    .fileFailed, "\(PrintableText.redactedLine(name)) cannot be read: \(failure.text)",
                    remedy: "name a folder or a file")
            } catch is TreeWalk.NotReadable {
                throw TesseraError(
                    .fileFailed, "\(PrintableText.redactedLine(name)) is neither a folder nor a file",
                    remedy: "name a folder or a file")
            }
        }
        if let git, !scan.isFull {
            let walk = HistoryWalk(limits: limits, readsBinaryFiles: binary, exclusions: exclusions)
            try await walk.run(git, &coverage) { blob in
                try report.add(scan.findings(in: blob), scan)
                return !scan.isFull
            }
        }
        scan.finish(coverage)
    }
}
#endif
