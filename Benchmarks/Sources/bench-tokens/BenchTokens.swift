import Dispatch
import Synchronization
import TesseraCore
import TesseraOAuth

/// Reads a token that is held, again and again; prints one line of JSON.
///
/// A synchronous `main`: under valgrind an asynchronous one crashes at exit.
@main
struct BenchTokens {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count == 3, let mode = Mode(rawValue: words[0]), let reads = Int(words[1]), reads > 0,
            let readers = Int(words[2]), readers > 0
        else {
            print("usage: bench-tokens fresh|refreshing READS READERS")
            exit(2)
        }
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<Measured, any Error>?>(nil)
        Task.detached {
            do {
                let measured = try await measure(mode, reads: reads, readers: readers)
                outcome.withLock { $0 = .success(measured) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        switch outcome.withLock({ $0 }) {
        case .success(let measured): print(measured.json(mode, reads, readers))
        case .failure(let error):
            print("bench-tokens: \(error)")
            exit(1)
        case nil: exit(1)
        }
    }

    private static func measure(_ mode: Mode, reads: Int, readers: Int) async throws -> Measured {
        let source = mode.source()
        let runtime = Runtime.system
        let use = TokenUse(deadline: .distantFuture, runtime: runtime)
        // Obtains the token, and in the mode of a refresh starts the next request, which lasts longer than the reads.
        for _ in 0..<1000 { _ = try await source.accessToken(for: use) }
        let phase = source.status(at: runtime.now()).phase
        guard phase == mode.expectedPhase else { throw WrongPhase(phase: phase.rawValue) }
        let start = ContinuousClock.now
        if readers == 1 {
            try await read(source, use, reads)
        } else {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<readers { group.addTask { try await read(source, use, reads) } }
                try await group.waitForAll()
            }
        }
        let elapsed = ContinuousClock.now - start
        guard source.status(at: runtime.now()).phase == mode.expectedPhase else { throw WrongPhase(phase: "changed") }
        return Measured(nanoseconds: elapsed / .nanoseconds(1) / Double(reads), requests: source.statistics.tokens)
    }

    private static func read(_ source: RefreshingTokenSource, _ use: TokenUse, _ reads: Int) async throws {
        var generations: UInt64 = 0
        for _ in 0..<reads { generations &+= try await source.accessToken(for: use).generation }
        // Every read must have given the first token.
        guard generations == UInt64(reads) else { throw WrongPhase(phase: "another token") }
    }
}

struct WrongPhase: Error {
    var phase: String
}

struct Measured: Sendable {
    var nanoseconds: Double
    var requests: Int

    func json(_ mode: Mode, _ reads: Int, _ readers: Int) -> String {
        #"{"mode":"\#(mode.rawValue)","reads":\#(reads),"readers":\#(readers),"nanoseconds":\#(nanoseconds)}"#
    }
}
