import HTTPTypes

/// How far a transfer got.
public struct TransferProgress: Sendable, Hashable {
    /// The bytes so far.
    public var completed: Int
    /// All bytes, where the server says how many there will be.
    public var total: Int?
}

extension Session {
    /// Streams the body of a GET request's answer into a file, which takes the place of an older one when it is whole.
    ///
    /// ```swift
    /// try await api.download("/exports/42", to: "export.csv") { print($0.completed) }
    /// ```
    ///
    /// Up to the head of the answer attempts are repeated as in other calls; a body that is cut ends with an error, and
    /// the older file stays.
    ///
    /// - Returns: The number of bytes.
    /// - Throws: ``TesseraError``; with code ``TesseraError/Code/fileFailed`` when the file cannot be written.
    @discardableResult
    public func download(
        _ target: RequestTarget, to path: String, query: QueryItems = [:], headers: RequestHeaders = [:],
        auth: AuthenticationOverride = .inherited, progress: (TransferProgress) -> Void = { _ in }
    ) async throws -> Int {
        try await stream(.get, target, query: query, headers: headers, auth: auth) { reply in
            // The length of an encoded body says nothing about the file's.
            let isPlain = reply.headerFields[.contentEncoding] == nil
            var done = TransferProgress(
                completed: 0, total: isPlain ? reply.headerFields[.contentLength].flatMap { Int($0) } : nil)
            var file = try FileReplacement(path)
            for try await chunk in reply.body {
                try file.write(chunk)
                done.completed += chunk.count
                progress(done)
            }
            try file.commit()
            return done.completed
        }
    }
}
