public import TesseraCore

/// The face on loopback, for real transports and other processes.
extension HostileAuthorizationServer {
    /// Listens on a port of 127.0.0.1 as long as `body` runs.
    ///
    /// - Parameter body: The test; it is given the issuer, for example `http://127.0.0.1:40123`, whose token endpoint is
    ///   `/token` and where every path that is no endpoint is the protected resource.
    public func withSocket<Result>(_ body: (Origin) async throws -> Result) async throws -> Result {
        try await RawServer.withRunning { connection in
            try self.serve(connection)
        } body: { server in
            try await body(server.origin)
        }
    }

    /// Waits, in real time, until the log satisfies `condition`; false when it has not within `duration`.
    public func wait(atMost duration: Duration = .seconds(5), until condition: (Log) -> Bool) async -> Bool {
        let end = ContinuousClock.now.advanced(by: duration)
        while !condition(log) {
            guard ContinuousClock.now < end else { return false }
            do { try await Task.sleep(for: .milliseconds(2)) } catch { return condition(log) }
        }
        return true
    }

    private func serve(_ connection: RawConnection) throws {
        connection.bodyLimit = 1_048_576
        connection.timeLimit = .seconds(60)
        while let raw = try connection.readRequest() {
            guard try serve(ServerRequest(raw), on: connection) else { return }
        }
    }

    /// Whether the connection may carry another request.
    private func serve(_ request: ServerRequest, on connection: RawConnection) throws -> Bool {
        let runtime = Runtime.system
        var exchange = begin(request, now: runtime.now())
        if latency > .zero { try connection.pause(latency) }
        while true {
            switch next(&exchange, now: runtime.now()) {
            case .wait(let duration): try connection.pause(duration)
            case .hold(let gate):
                while !gates.isOpen(gate) { try connection.pause(.milliseconds(1)) }
            case .end(let ending):
                if latency > .zero { try connection.pause(latency) }
                let date = runtime.wallTime().advanced(by: exchange.dateSkew)
                return try end(exchange, ending, date, on: connection)
            }
        }
    }

    private func end(
        _ exchange: ServerExchange, _ ending: ServerExchange.Ending, _ date: Timestamp, on connection: RawConnection
    ) throws -> Bool {
        var failure: (any Error)?
        do {
            switch ending {
            case .silence: try connection.waitForClose(within: .seconds(3600))
            case .dropped: connection.close()
            case .refused: connection.reset()
            case .reply(let reply): try connection.write(reply.dated(date).bytes())
            case .cut(let reply, let bytes):
                let reply = reply.dated(date)
                try connection.write(Array(reply.bytes().dropLast(max(0, reply.body.count - bytes))))
                connection.close()
            }
        } catch {
            failure = error
        }
        finish(exchange, ending, wasHeard: failure == nil, now: Runtime.system.now())
        if let failure { throw failure }
        if case .reply = ending { return true }
        return false
    }
}

extension ServerRequest {
    init(_ raw: RawRequest) {
        self.init(
            method: raw.method, path: String(raw.target.prefix { $0 != "?" }),
            authorization: raw.values(of: "Authorization").first, body: raw.body,
            origin: "http://" + (raw.values(of: "Host").first ?? "127.0.0.1"))
    }
}

extension ServerReply {
    /// The answer as it stands on the wire (RFC 9112).
    fileprivate func bytes() -> [UInt8] {
        var head = "HTTP/1.1 \(status) \(status < 400 ? "OK" : "Refused")\r\n"
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        return Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }
}
