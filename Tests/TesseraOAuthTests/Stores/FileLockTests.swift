#if OAuth
import Foundation
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// Several processes on one store (threat C6).
@Suite(.serialized) struct `File locks` {
    private let name = StorageName.fixture("entry")

    @Test(.timeLimit(.minutes(1))) func `eight processes under the lease lose no increment`() async throws {
        let directory = try StoreDirectory()
        let probes = try (0..<8).map { _ in try StoreProbe(["increment", directory.path, "entry", "5"]) }
        for probe in probes { #expect(await probe.lines() == ["done"]) }
        let entry = try await directory.store().load(name)
        #expect(entry.map { String(decoding: $0.bytes, as: UTF8.self) } == "40")
    }

    /// A child that was started while the lease was held keeps nothing of it.
    @Test(.timeLimit(.minutes(1))) func `the holder is killed and its child lives: the next one proceeds at once`()
        async throws
    {
        let directory = try StoreDirectory()
        let holder = try StoreProbe(["hold", directory.path, "entry"])
        let line = await holder.firstLine() ?? ""
        #expect(line.hasPrefix("held "))
        let child = try #require(Int32(line.dropFirst(5)))
        defer { StoreProbe.kill(child) }
        let store = try directory.store()
        let soon = Runtime.system.now().advanced(by: .milliseconds(200))
        let early = try await store.lease(name, until: soon, runtime: .system)
        #expect(early == nil, "it is held")

        holder.kill()
        let killed = Runtime.system.now()
        let lease = try await store.lease(name, until: killed.advanced(by: .seconds(20)), runtime: .system)
        let waited = killed.duration(to: Runtime.system.now())
        #expect(lease?.fence == 2 && lease?.provesHoldersDeath == true)
        #expect(waited < .seconds(2), "\(waited)")
        #expect(kill(child, 0) == 0, "the child should still be there")
        await lease?.release()
    }

    @Test(.timeLimit(.minutes(1))) func `a writer is killed again and again: the entry is always whole`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        var last = 0
        for round in 0..<12 {
            let probe = try StoreProbe(["write", directory.path, "entry"])
            var reported = 0
            for await line in probe.output {
                reported = Int(line.dropFirst(6)) ?? 0
                if reported > round { break }
            }
            probe.kill()
            for await line in probe.output { reported = Int(line.dropFirst(6)) ?? reported }
            let entry = try #require(try await store.load(name))
            let numbers = Set(String(decoding: entry.bytes, as: UTF8.self).split(separator: ","))
            #expect(numbers.count == 1, "whole")
            last = numbers.first.flatMap { Int($0) } ?? 0
            // What was reported is there; one more may be.
            #expect(last == reported || last == reported + 1, "reported \(reported), found \(last)")
        }
        #expect(last > 0)
    }

    @Test func `a lock file that was removed protects nobody, and that is noticed`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        let soon = Runtime.system.now().advanced(by: .seconds(5))
        let lease = try #require(try await store.lease(name, until: soon, runtime: .system))
        try directory.shell("rm store/entry.lease")
        #expect(await storeError { _ = try await lease.renew() } == .storeFailed)
        await lease.release()
        let next = try await store.lease(name, until: soon, runtime: .system)
        #expect(next != nil)
        await next?.release()
    }

    /// Nothing but people reads it, and they need it: who holds this?
    @Test func `the lease's file names its holder`() async throws {
        let directory = try StoreDirectory()
        let soon = Runtime.system.now().advanced(by: .seconds(5))
        let lease = try await directory.store().lease(name, until: soon, runtime: .system)
        let text = try String(contentsOfFile: "\(directory.path)/entry.lease", encoding: .utf8)
        #expect(text.contains("process \(ProcessInfo.processInfo.processIdentifier),"))
        await lease?.release()
    }
}
#endif
