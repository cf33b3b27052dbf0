import HTTPTypes

extension Session {
    /// Streams the body of a GET request's answer into a file, which takes the place of an older one when it is whole.
    ///
    /// ```swift
    /// try await api.download("/exports/42", to: "export.csv", resume: true) { print($0.completed) }
    /// ```
    ///
    /// Up to the head of the answer attempts are repeated as in other calls. A body that is cut ends with an error, and
    /// the older file stays; with `resume` what came is kept in `export.csv.part`, and this call, or the next one for
    /// the same URL, goes on from there if the server has given the file a strong entity tag (RFC 9110 §13.1.5, §14). A
    /// file that has changed meanwhile is fetched anew.
    ///
    /// - Parameters:
    ///   - path: The file; with `resume` an ordinary one or none.
    ///   - resume: Whether to go on with a part, and to keep one.
    ///   - progress: Told after each piece; begins at what was there already.
    /// - Returns: The number of bytes of the file.
    /// - Throws: ``TesseraError``; with code ``TesseraError/Code/fileFailed`` when the file cannot be written.
    @discardableResult
    public func download(
        _ target: RequestTarget, to path: String, resume: Bool = false, query: QueryItems = [:],
        headers: RequestHeaders = [:], auth: AuthenticationOverride = .inherited,
        progress: (TransferProgress) -> Void = { _ in }
    ) async throws -> Int {
        var call = CallRequest(.get, target, query: query, headers: headers, auth: auth)
        guard resume else { return try await downloadWhole(call, to: path, progress) }
        // The part's size must be the number of bytes that the server counts.
        call.headers["Accept-Encoding"] = "identity"
        return try await ResumableDownload(session: self, call: call, path: path).run(progress)
    }

    private func downloadWhole(
        _ call: CallRequest, to path: String, _ progress: (TransferProgress) -> Void
    ) async throws -> Int {
        try await stream(call) { reply in
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

/// A download that goes on where it was cut, in this call and in later ones.
struct ResumableDownload {
    let session: Session
    let call: CallRequest
    let path: String

    func run(_ progress: (TransferProgress) -> Void) async throws -> Int {
        let place = try session.url(of: call).description
        var part = try PartFile(path, of: place)
        var resumed = 0
        var hasDiscarded = false
        while true {
            let before = part.count
            do {
                if try await attempt(&part, place, progress) { break }
                // A server that answers the plain request with a part as well is refused by its status.
                guard !hasDiscarded else {
                    throw TesseraError(.protocolViolation, "the server answers with parts of what was not asked for")
                }
                hasDiscarded = true
                try part.restart(validator: nil, of: place)
            } catch let error as TesseraError {
                let isCut = error.code == .connection || error.code == .timeout
                guard isCut, part.validator != nil, part.count > before,
                    resumed + 1 < session.configuration.retry.attempts
                else { throw error }
                resumed += 1
                try await pause(resumed)
            }
        }
        try part.commit()
        return part.count
    }

    /// Waits before going on with a cut body: 400 ms, 800 ms, … at most 12.8 s.
    private func pause(_ number: Int) async throws {
        let runtime = session.configuration.runtime
        let wait = Duration.milliseconds(200) * (1 << min(number, 6))
        try await runtime.sleep(runtime.now().advanced(by: wait))
    }

    /// - Returns: Whether the file is whole; otherwise the part is of no use.
    private func attempt(
        _ part: inout PartFile, _ place: String, _ progress: (TransferProgress) -> Void
    ) async throws -> Bool {
        var call = call
        call.expecting = .only([200])
        let offset = part.validator == nil ? 0 : part.count
        if let validator = part.validator {
            call.headers["Range"] = "bytes=\(offset)-"
            call.headers["If-Range"] = validator
            call.expecting = .only([200, 206, 416])
        }
        let decision = try await session.stream(call) { reply in
            let decision = ResumeDecision(reply.head, offset: offset, validator: part.validator)
            var expected: Int?
            switch decision {
            case .complete, .discard: return decision
            case .append(let total): expected = total
            case .replace(let validator, let total):
                try part.restart(validator: validator, of: place)
                expected = total
            }
            for try await chunk in reply.body {
                try part.append(chunk)
                progress(TransferProgress(completed: part.count, total: expected))
            }
            guard expected == nil || expected == part.count else { return .discard }
            return decision
        }
        return decision != .discard
    }
}
