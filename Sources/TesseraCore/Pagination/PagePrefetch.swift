/// Reads pages ahead of their reader, as many as it was told and no more.
///
/// Each page that is taken gives the permit for another one (back-pressure). Pages follow from one another, so there is
/// one reader; it ends when the last owner lets go.
final class PagePrefetch<Item: Decodable & Sendable>: Sendable {
    private let permits: AsyncStream<Void>.Continuation
    private let task: SpawnedTask

    /// The pages that were read, as their reader takes them.
    struct Taken {
        private let owner: PagePrefetch
        private var pages: AsyncThrowingStream<Page<Item>, any Error>.AsyncIterator

        init(_ reader: PageReader<Item>, ahead: Int, runtime: Runtime) {
            let (pages, arrivals) = AsyncThrowingStream<Page<Item>, any Error>.makeStream()
            owner = PagePrefetch(reader, ahead: ahead, runtime: runtime, arrivals)
            self.pages = pages.makeAsyncIterator()
        }

        mutating func next() async throws -> Page<Item>? {
            let page = try await pages.next(isolation: #isolation)
            // A cancelled wait ends the stream as its last page does.
            if page == nil { try Task.checkCancellation() }
            owner.permits.yield()
            return page
        }
    }

    private init(
        _ reader: PageReader<Item>, ahead: Int, runtime: Runtime,
        _ arrivals: AsyncThrowingStream<Page<Item>, any Error>.Continuation
    ) {
        let (allowed, permits) = AsyncStream<Void>.makeStream()
        self.permits = permits
        for _ in 0..<ahead { permits.yield() }
        task = runtime.spawn {
            var reader = reader
            do {
                for await _ in allowed {
                    guard let page = try await reader.next() else { break }
                    arrivals.yield(page)
                }
                arrivals.finish()
            } catch {
                arrivals.finish(throwing: error)
            }
        }
    }

    deinit {
        permits.finish()
        task.cancel()
    }
}
