public import HTTPTypes

extension Session {
    /// A whole answer with the history of its call.
    public struct Response: Sendable, CustomStringConvertible {
        /// Status and header fields.
        public let head: HTTPResponse
        /// The status.
        public let status: HTTPResponse.Status
        /// The body, decompressed.
        public let body: [UInt8]
        /// Every attempt and why it was followed by the next.
        public let history: CallHistory
        let origin: Origin
        let target: String
        let coding: JSONCoding

        /// The URL that answered, after redirects.
        public var url: AbsoluteURL { AbsoluteURL(origin: origin, requestTarget: target) }

        /// The header fields.
        public var headerFields: HTTPFields { head.headerFields }

        /// The body as a value read from JSON.
        ///
        /// - Throws: ``TesseraError`` with code ``TesseraError/Code/decoding``, which names the member that did not fit,
        ///   never a value.
        public func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            do {
                return try coding.decode(type, from: body)
            } catch let error as TesseraError {
                throw error.with(history: history)
            }
        }

        /// The body as UTF-8 text, with replacement characters for what is none.
        public var text: String { String(decoding: body, as: UTF8.self) }

        /// Status and size; neither fields nor body.
        public var description: String { "Response(\(head.status.code), \(body.count) bytes)" }
    }

    /// An answer whose body is still arriving. Valid inside the scope it was handed to.
    public struct StreamedResponse: CustomStringConvertible {
        /// Status and header fields.
        public let head: HTTPResponse
        /// The body.
        public let body: ResponseBody
        /// The attempts up to this answer.
        public let history: CallHistory

        /// The status.
        public var status: HTTPResponse.Status { head.status }
        /// The header fields.
        public var headerFields: HTTPFields { head.headerFields }

        /// The status.
        public var description: String { "StreamedResponse(\(head.status.code))" }
    }
}

extension Session.Response: CustomReflectable {
    /// A mirror of status and size.
    public var customMirror: Mirror {
        Mirror(self, children: ["status": head.status.code, "bytes": body.count])
    }
}

/// The body of a streamed answer: pieces as they arrive. Can be iterated once.
public struct ResponseBody: AsyncSequence {
    /// A piece of the body.
    public typealias Element = ArraySlice<UInt8>

    /// How its lines of JSON are read.
    let coding: JSONCoding
    let nextChunk: () async throws -> ArraySlice<UInt8>?

    /// Iterates over the pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let nextChunk: () async throws -> ArraySlice<UInt8>?

        /// The next piece; nil at the end.
        public mutating func next() async throws -> ArraySlice<UInt8>? {
            try await nextChunk()
        }
    }

    /// Begins the iteration.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(nextChunk: nextChunk)
    }

    /// Collects the rest of the body.
    ///
    /// - Throws: ``TesseraError`` with code ``TesseraError/Code/limitExceeded`` above `limit` bytes.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var collected: [UInt8] = []
        while let chunk = try await nextChunk() {
            guard collected.count + chunk.count <= limit else {
                throw TesseraError(.limitExceeded, "the body is longer than \(limit) bytes")
            }
            collected += chunk
        }
        return collected
    }
}
