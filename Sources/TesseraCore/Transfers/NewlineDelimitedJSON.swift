extension ResponseBody {
    /// The body as values of JSON, one a line (NDJSON, JSON Lines). Can be iterated once, inside the stream's scope.
    ///
    /// ```swift
    /// try await api.stream(.get, "/export") { reply in
    ///     for try await user in reply.body.lines(of: User.self) { print(user.name) }
    /// }
    /// ```
    ///
    /// Empty lines are left out. A body that is cut ends with its error, so the last line is never half a value.
    public func lines<Value: Decodable>(of type: Value.Type, longest: Int = 1_048_576) -> JSONLines<Value> {
        JSONLines(body: self, longest: longest)
    }

    /// The values of a body.
    public struct JSONLines<Value: Decodable>: AsyncSequence {
        /// A value.
        public typealias Element = Value

        let body: ResponseBody
        let longest: Int

        /// Begins the iteration.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(body: body, splitter: LineSplitter(longest: longest))
        }

        /// Iterates over values.
        public struct AsyncIterator: AsyncIteratorProtocol {
            let body: ResponseBody
            var splitter: LineSplitter
            private var ready: ArraySlice<[UInt8]> = []
            private var isAtEnd = false

            init(body: ResponseBody, splitter: LineSplitter) {
                self.body = body
                self.splitter = splitter
            }

            /// The next value; nil after the last.
            ///
            /// - Throws: ``TesseraError``; with code ``TesseraError/Code/limitExceeded`` for a longer line,
            ///   ``TesseraError/Code/decoding`` for one that is no such value.
            public mutating func next() async throws -> Value? {
                while true {
                    if let line = ready.popFirst() { return try body.coding.decode(Value.self, from: line) }
                    guard !isAtEnd else { return nil }
                    guard !splitter.isTooLong else { throw tooLong }
                    guard let chunk = try await body.nextChunk() else {
                        isAtEnd = true
                        ready = splitter.finish()[...]
                        continue
                    }
                    ready = splitter.take(chunk)[...]
                }
            }

            private var tooLong: TesseraError {
                TesseraError(.limitExceeded, "a line of the answer is longer than \(splitter.longest) bytes")
            }
        }
    }
}

/// Splits bytes into lines at line feeds, without a carriage return before them, and leaves out empty ones.
struct LineSplitter: Sendable {
    let longest: Int
    /// Whether a line was too long; nothing comes after those before it.
    private(set) var isTooLong = false
    private var line: [UInt8] = []

    init(longest: Int) {
        self.longest = longest
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            guard fits(end - rest.startIndex) else { return lines }
            line += rest[..<end]
            rest = rest[(end + 1)...]
            lines += finish()
        }
        if fits(rest.count) { line += rest }
        return lines
    }

    private mutating func fits(_ count: Int) -> Bool {
        isTooLong = isTooLong || line.count + count > longest
        return !isTooLong
    }

    /// What is left, as the last line.
    mutating func finish() -> [[UInt8]] {
        defer { line = [] }
        if line.last == 0x0D { line.removeLast() }
        return line.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? [] : [line]
    }
}
