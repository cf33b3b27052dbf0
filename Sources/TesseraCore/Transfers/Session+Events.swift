import HTTPTypes

/// How often a stream of events is opened again.
public struct EventReconnection: Sendable, Hashable {
    /// The most connections in a row that bring no event.
    public var attempts: Int
    /// The wait before another connection, unless the stream names one.
    public var wait: Duration
    /// The longest wait that the stream may name.
    public var longestWait: Duration

    /// A policy of the given parts.
    public init(attempts: Int = 5, wait: Duration = .seconds(3), longestWait: Duration = .seconds(60)) {
        self.attempts = max(1, attempts)
        self.wait = wait
        self.longestWait = longestWait
    }
}

extension Session {
    /// Reads server-sent events, and connects again with `Last-Event-ID` when the stream ends (WHATWG HTML §9.2).
    ///
    /// ```swift
    /// try await api.events("/changes") { event in
    ///     print(event.data)
    ///     return event.type != "done"
    /// }
    /// ```
    ///
    /// Returns when `consume` returns false, or when the server answers 204. An event may come twice where the server
    /// names no ids. Without reconnection use ``stream(_:_:_:query:headers:auth:expecting:_:)`` and
    /// ``ResponseBody/events``.
    ///
    /// - Parameters:
    ///   - lastEventID: The id to go on from.
    ///   - consume: Is given each event; returns whether to go on.
    /// - Returns: The id of the last event.
    /// - Throws: ``TesseraError`` when the server refuses, answers with another media type, or when too many connections
    ///   in a row brought no event; and whatever `consume` throws.
    @discardableResult
    public func events(
        _ target: RequestTarget, query: QueryItems = [:], headers: RequestHeaders = [:],
        auth: AuthenticationOverride = .inherited, lastEventID: String = "",
        reconnection: EventReconnection = EventReconnection(), _ consume: (ServerSentEvent) async throws -> Bool
    ) async throws -> String {
        var call = CallRequest(.get, target, query: query, headers: headers, auth: auth, expecting: .only([200, 204]))
        call.headers["Accept"] = "text/event-stream"
        call.headers["Cache-Control"] = "no-store"
        var reading = EventReading(lastEventID: lastEventID)
        var fruitless = 0
        while true {
            call.headers["Last-Event-ID"] = reading.lastEventID.isEmpty ? nil : reading.lastEventID
            reading.count = 0
            var failure: TesseraError?
            do {
                let isOver = try await stream(call) { reply in try await reading.read(reply, consume) }
                if isOver { return reading.lastEventID }
            } catch let error as TesseraError where !reading.isCallersError && error.isCut {
                failure = error
            }
            fruitless = reading.count > 0 ? 0 : fruitless + 1
            guard fruitless < reconnection.attempts else {
                throw failure
                    ?? TesseraError(.connection, "the stream of events ended \(fruitless) times without an event")
            }
            let runtime = configuration.runtime
            let wait = min(max(.zero, reading.retry ?? reconnection.wait), reconnection.longestWait)
            try await runtime.sleep(runtime.now().advanced(by: wait))
        }
    }
}

extension TesseraError {
    /// Whether a connection ended, as opposed to an answer that will be the same next time.
    fileprivate var isCut: Bool { code == .connection || code == .timeout }
}

/// What is known of a stream of events across its connections.
private struct EventReading {
    var lastEventID: String
    var retry: Duration?
    /// The events of this connection.
    var count = 0
    /// Whether the caller's closure threw, so that its error is not taken for the connection's.
    var isCallersError = false

    /// - Returns: Whether nothing more is wanted or offered.
    mutating func read(
        _ reply: Session.StreamedResponse, _ consume: (ServerSentEvent) async throws -> Bool
    ) async throws -> Bool {
        guard reply.status != .noContent else { return true }
        let type = reply.headerFields[.contentType]?.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard type == "text/event-stream" else {
            throw TesseraError(.protocolViolation, "the answer is no stream of events (text/event-stream)")
        }
        var events = ResponseBody.Events(body: reply.body, lastEventID: lastEventID).makeAsyncIterator()
        defer { retry = events.parser.retry ?? retry }
        while let event = try await events.next() {
            lastEventID = event.id
            count += 1
            isCallersError = true
            let goesOn = try await consume(event)
            isCallersError = false
            guard goesOn else { return true }
        }
        lastEventID = events.parser.lastEventID
        return false
    }
}
