#if OAuth
import Foundation
import TesseraCore
import TesseraOAuth

/// One process on a file store, for tests and scripts: says what it did in one line, and ends with 0, or with 1 and the
/// code of the error.
///
///     tessera-store-probe save DIRECTORY NAME TEXT        prints "saved VERSION" when it is on the disk
///     tessera-store-probe load DIRECTORY NAME             prints "loaded TEXT", or "nothing"
///     tessera-store-probe reserve DIRECTORY NAME BYTES    sets space aside for the save after the next
///     tessera-store-probe adopt DIRECTORY                 accepts a copy
///     tessera-store-probe increment DIRECTORY NAME COUNT  COUNT times: lease, load, save one more, release
///     tessera-store-probe hold DIRECTORY NAME             takes the lease, starts a child that lives for a minute, and
///                                                         prints "held CHILD"; ends when it is killed
///     tessera-store-probe take DIRECTORY NAME             takes the lease, prints "taken after MILLISECONDS"
///     tessera-store-probe write DIRECTORY NAME            saves one version after the other, prints "saved N" for each
@main
enum StoreProbe {
    struct Usage: Error {}

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            guard arguments.count >= 2 else { throw Usage() }
            try await run(arguments[0], arguments[1], Array(arguments.dropFirst(2)))
        } catch let error as TesseraError {
            say("error \(error.code.rawValue): \(error.message)")
            exit(1)
        } catch is TokenStoreConflict {
            say("error conflict")
            exit(1)
        } catch {
            say("usage: tessera-store-probe save|load|reserve|adopt|increment|hold|take|write DIRECTORY [NAME] [VALUE]")
            exit(2)
        }
    }

    /// At once, not when a buffer is full: the reader may kill this process at any line.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private static func run(_ command: String, _ directory: String, _ rest: [String]) async throws {
        let store = try FileTokenStore(directory: directory)
        if command == "adopt" {
            say("adopted \(try await store.adoptCopy())")
            return
        }
        guard let name = rest.first.flatMap({ StorageName($0) }) else { throw Usage() }
        switch command {
        case "save":
            let version = try await store.load(name)?.version
            let saved = try await store.save(Array((rest.dropFirst().first ?? "").utf8), for: name, replacing: version)
            say("saved \(saved.value)")
        case "load":
            let entry = try await store.load(name)
            say(entry.map { "loaded \(String(decoding: $0.bytes, as: UTF8.self))" } ?? "nothing")
        case "reserve":
            try await store.reserve(rest.dropFirst().first.flatMap { Int($0) } ?? 0, for: name)
            say("reserved")
        case "increment":
            for _ in 0..<(rest.dropFirst().first.flatMap { Int($0) } ?? 1) { try await increment(store, name) }
            say("done")
        case "take":
            let start = Runtime.system.now()
            let lease = try await take(store, name)
            let waited = start.duration(to: Runtime.system.now())
            say("taken after \(waited / .milliseconds(1))")
            await lease.release()
        case "hold":
            let lease = try await take(store, name)
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/bin/sleep")
            child.arguments = ["60"]
            try child.run()
            say("held \(child.processIdentifier)")
            try await Task.sleep(for: .seconds(600))
            await lease.release()
        case "write":
            try await write(store, name)
        default:
            throw Usage()
        }
    }

    private static func take(_ store: FileTokenStore, _ name: StorageName) async throws -> any StoreLease {
        let deadline = Runtime.system.now().advanced(by: .seconds(120))
        guard let lease = try await store.lease(name, until: deadline, runtime: .system) else {
            throw TesseraError.make(.timeout, "the lease was not to be had")
        }
        return lease
    }

    private static func increment(_ store: FileTokenStore, _ name: StorageName) async throws {
        let lease = try await take(store, name)
        let entry = try await store.load(name)
        let number = Int(String(decoding: entry?.bytes ?? Array("0".utf8), as: UTF8.self)) ?? -1_000_000
        _ = try await store.save(Array(String(number + 1).utf8), for: name, replacing: entry?.version)
        await lease.release()
    }

    /// Entries of many lengths, each filled with its own number.
    private static func write(_ store: FileTokenStore, _ name: StorageName) async throws {
        var version = try await store.load(name)?.version
        for number in 1...1_000_000 {
            let text = String(repeating: "\(number),", count: 1 + number * 37 % 4000)
            version = try await store.save(Array(text.utf8), for: name, replacing: version)
            say("saved \(number)")
        }
    }
}
#else
@main
enum StoreProbe {
    static func main() { print("built without the trait OAuth") }
}
#endif
