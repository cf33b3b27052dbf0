#if CLI
import Subprocess
import TesseraCore

/// Reads each blob that any reference of a repository reaches, once, oldest commit first.
struct HistoryWalk {
    struct Blob {
        /// The path at which it was met first.
        var path: TreePath
        /// The oldest commit that has it.
        var commit: String
        var contents: [UInt8]
    }

    private struct Listed {
        var object: String
        var path: TreePath
        var commit: String
    }

    var limits = ScanLimits()
    var readsBinaryFiles = false
    var exclusions = IgnoreFile([])

    /// How many objects are asked for at a time: the questions fit into a pipe, so that nobody waits for the other.
    private static let group = 256
    /// What git may say on stderr, in bytes.
    private static let longestComplaint = 65_536

    /// - Parameter visit: Takes each blob; returns whether to go on.
    func run(
        _ git: GitProgram, _ coverage: inout ScanCoverage, _ visit: (Blob) throws -> Bool
    ) async throws {
        do {
            try await list(git, &coverage, visit)
        } catch is SubprocessError {
            // git could not be started, or went away while it was asked.
            throw HistoryWalk.unexpected
        }
    }

    /// Whether the history ends where somebody cut it off, as clones of CI jobs do.
    ///
    /// - Throws: When there is no repository that git reads.
    static func isShallow(_ git: GitProgram) async throws -> Bool {
        do {
            let answer = try await Subprocess.run(
                git.configuration(["rev-parse", "--is-shallow-repository"]), input: .none, output: .string(limit: 64),
                error: .string(limit: longestComplaint))
            guard answer.terminationStatus.isSuccess else { throw failure(git, answer.standardError) }
            return answer.standardOutput.hasPrefix("true")
        } catch is SubprocessError {
            throw unexpected
        }
    }

    private func list(
        _ git: GitProgram, _ coverage: inout ScanCoverage, _ visit: (Blob) throws -> Bool
    ) async throws {
        let list = git.configuration([
            "rev-list", "--objects", "--in-commit-order", "--topo-order", "--reverse", "--missing=print", "--all",
        ])
        let read = git.configuration(["cat-file", "--batch-command", "--buffer"])
        let listing = try await Subprocess.run(
            list, input: .none, output: .sequence, error: .string(limit: HistoryWalk.longestComplaint)
        ) { listing in
            let reading = try await Subprocess.run(
                read, input: .inputWriter, output: .sequence, error: .string(limit: HistoryWalk.longestComplaint)
            ) { store in
                let isWhole = try await self.read(
                    OutputReader(listing.standardOutput), OutputReader(store.standardOutput),
                    store.standardInputWriter, &coverage, visit)
                if !isWhole { try listing.send(signal: .terminate) }
                return isWhole
            }
            guard reading.terminationStatus.isSuccess || !reading.closureResult else {
                throw HistoryWalk.failure(git, reading.standardError)
            }
            return reading.closureResult
        }
        guard listing.terminationStatus.isSuccess || !listing.closureResult else {
            throw HistoryWalk.failure(git, listing.standardError)
        }
    }

    /// - Returns: Whether all was read.
    private func read(
        _ listing: consuming OutputReader, _ store: consuming OutputReader, _ questions: StandardInputWriter,
        _ coverage: inout ScanCoverage, _ visit: (Blob) throws -> Bool
    ) async throws -> Bool {
        var commit = ""
        var isListed = false
        while !isListed {
            var group: [Listed] = []
            while group.count < HistoryWalk.group {
                guard let line = try await listing.line() else {
                    isListed = true
                    break
                }
                switch ObjectListing(line: line[...]) {
                case .commit(let name)?: commit = name
                case .object(let name, let path)?:
                    group.append(Listed(object: name, path: TreePath(path), commit: commit))
                case .missing(let name)?: coverage.omit(TreePath(Array(name.utf8)), .missing)
                case nil: throw HistoryWalk.unexpected
                }
            }
            let wanted = try await blobs(of: group, &store, questions, &coverage)
            try await ask("contents", wanted, questions)
            for blob in wanted {
                guard let line = try await store.line(), let header = ObjectHeader(line: line[...]),
                    header.size <= limits.fileSize, let contents = try await store.bytes(header.size),
                    try await store.bytes(1) != nil
                else { throw HistoryWalk.unexpected }
                guard readsBinaryFiles || !TreeWalk.isBinary(contents) else {
                    coverage.omit(blob.path, .binary)
                    continue
                }
                coverage.read(bytes: contents.count)
                guard try visit(Blob(path: blob.path, commit: blob.commit, contents: contents)) else { return false }
            }
        }
        return true
    }

    /// Those of a group that are blobs and not too large.
    private func blobs(
        of group: [Listed], _ store: inout OutputReader, _ questions: StandardInputWriter,
        _ coverage: inout ScanCoverage
    ) async throws -> [Listed] {
        try await ask("info", group, questions)
        var blobs: [Listed] = []
        for listed in group {
            guard let line = try await store.line() else { throw HistoryWalk.unexpected }
            guard let header = ObjectHeader(line: line[...]) else {
                coverage.omit(listed.path, .unreadable)
                continue
            }
            guard header.isBlob else { continue }
            if exclusions.ignoresFile(listed.path.bytes) {
                coverage.omit(listed.path, .excluded)
            } else if header.size > limits.fileSize {
                coverage.omit(listed.path, .tooLarge)
            } else {
                blobs.append(listed)
            }
        }
        return blobs
    }

    private func ask(_ question: String, _ group: [Listed], _ questions: StandardInputWriter) async throws {
        guard !group.isEmpty else { return }
        let text = group.reduce(into: "") { $0 += "\(question) \($1.object)\n" } + "flush\n"
        _ = try await questions.write(Array(text.utf8))
    }

    private static var unexpected: TesseraError {
        TesseraError(
            .fileFailed, "git's answer about its objects was not understood",
            remedy: "--history needs git 2.36 or newer; git fsck tells whether the repository is whole")
    }

    private static func failure(_ git: GitProgram, _ complaint: String?) -> TesseraError {
        let said = complaint?.split(separator: "\n").first.map { PrintableText.redactedLine(String($0)) }
        return TesseraError(
            .fileFailed,
            "git cannot read the history of \(PrintableText.redactedLine(git.folder)): \(said ?? "it does not say why")",
            remedy: "--history needs a git repository of this user, and git 2.36 or newer")
    }
}
#endif
