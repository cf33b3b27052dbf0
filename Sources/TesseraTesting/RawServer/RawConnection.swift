/// One connection to a ``RawServer``, as its script sees it. It belongs to the script's thread.
///
/// Every wait has an end: a read or write that takes longer than ``timeLimit``, and any wait when the server's scope
/// ends, throws.
public final class RawConnection {
    /// The number of the connection, from 0 in the order of acceptance.
    public let number: Int
    /// The longest that one read or write may wait.
    public var timeLimit: Duration = .seconds(10)
    /// The largest head, in bytes.
    public var headLimit = 262_144
    /// The largest body, in bytes.
    public var bodyLimit = 134_217_728

    private let socket: RawSocket
    private let journal: RawServerJournal
    private let stop: RawServerStop
    private var buffer: [UInt8] = []
    private var start = 0
    private var begun: Int?

    init(number: Int, socket: RawSocket, journal: RawServerJournal, stop: RawServerStop) {
        self.number = number
        self.socket = socket
        self.journal = journal
        self.stop = stop
    }

    /// Reads a request with its body; nil when the client ended the connection before its first byte.
    public func readRequest() throws -> RawRequest? {
        guard let index = try readLoggedHead() else { return nil }
        return try finishBody(index)
    }

    /// Reads a request's head only; nil when the client ended the connection before its first byte.
    public func readHead() throws -> RawRequest? {
        begun = try readLoggedHead()
        return begun.map { index in journal.update { $0.requests[index] } }
    }

    /// Reads the body of the request whose head ``readHead()`` read last; nil when there is none.
    @discardableResult
    public func readRest() throws -> RawRequest? {
        guard let index = begun else { return nil }
        begun = nil
        return try finishBody(index)
    }

    /// Reads so many bytes that are no HTTP.
    public func read(_ count: Int) throws -> [UInt8] {
        while buffer.count - start < count {
            guard try fill(patience: timeLimit) else { throw RawSocket.Failure.closed }
        }
        defer { start += max(0, count) }
        return Array(buffer[start...].prefix(max(0, count)))
    }

    /// Reads and drops what the client sends until it ends the connection, and says whether it did within `duration`.
    @discardableResult
    public func waitForClose(within duration: Duration) throws -> Bool {
        let end = ContinuousClock.now.advanced(by: duration)
        while true {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { return false }
            do {
                guard try fill(patience: left) else { return true }
                (buffer, start) = ([], 0)
            } catch RawSocket.Failure.timedOut {
                return false
            } catch RawSocket.Failure.failed {
                return true
            }
        }
    }

    /// Writes bytes as they are.
    public func write(_ bytes: [UInt8]) throws {
        try socket.write(bytes, patience: timeLimit) { count in journal.update { $0.bytesSent += count } }
    }

    /// Writes the UTF-8 bytes of a string.
    public func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Writes slowly: pieces of `count` bytes with a pause after each.
    public func write(_ text: String, inPiecesOf count: Int, every pause: Duration) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try write(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
            try self.pause(pause)
        }
    }

    /// Waits; ends early, by throwing, when the server's scope does.
    public func pause(_ duration: Duration) throws {
        try stop.wait(duration)
    }

    /// Waits for ``RawServer/signal()``: the test says when to go on.
    public func waitForSignal(within duration: Duration = .seconds(5)) throws {
        let end = ContinuousClock.now.advanced(by: duration)
        while !journal.hasSignal {
            guard ContinuousClock.now < end else { throw RawServerFailure("the script waited for a signal in vain") }
            try stop.wait(.milliseconds(2))
        }
    }

    /// Says that no more bytes follow, and goes on reading.
    public func closeWriting() {
        socket.shutdownWriting()
    }

    /// Closes the connection. Leaving the script does the same.
    public func close() {
        socket.close()
    }

    /// Resets the connection: the client sees ECONNRESET.
    public func reset() {
        socket.close(reset: true)
    }

    // MARK: - Parsing

    /// The index in the log of the request that begins.
    private func readLoggedHead() throws -> Int? {
        guard let head = try readHeadBytes() else { return nil }
        let request = try RawRequest(connection: number, head: head)
        return journal.update { log in
            log.requests.append(request)
            return log.requests.count - 1
        }
    }

    private func readHeadBytes() throws -> [UInt8]? {
        var searched = start
        while true {
            if let end = endOfHead(from: searched) {
                defer { start = end }
                return Array(buffer[start..<end])
            }
            guard buffer.count - start <= headLimit else { throw RawServerFailure("the client's head is too long") }
            let kept = max(0, buffer.count - start - 3)
            guard try fill(patience: timeLimit) else {
                guard start == buffer.count else { throw RawSocket.Failure.closed }
                return nil
            }
            // Filling moves what is left to the front of the buffer.
            searched = start + kept
        }
    }

    /// The index after the empty line.
    private func endOfHead(from searched: Int) -> Int? {
        guard buffer.count - searched >= 4 else { return nil }
        for index in searched...(buffer.count - 4)
        where buffer[index] == 13 && buffer[index + 1] == 10 && buffer[index + 2] == 13 && buffer[index + 3] == 10 {
            return index + 4
        }
        return nil
    }

    private func finishBody(_ index: Int) throws -> RawRequest {
        switch try journal.update({ $0.requests[index] }).framing {
        case .length(let count):
            try readBody(count, of: index)
        case .chunked:
            while true {
                let line = try readLine()
                let digits = line.prefix { $0 != UInt8(ascii: ";") }
                guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else {
                    throw RawServerFailure("the client sent a bad chunk size: \(String(decoding: line, as: UTF8.self))")
                }
                guard size > 0 else { break }
                try readBody(size, of: index)
                guard try readLine().isEmpty else { throw RawServerFailure("a chunk of the client is too long") }
            }
            while try !readLine().isEmpty {}
        }
        return journal.update { log in
            log.requests[index].isComplete = true
            return log.requests[index]
        }
    }

    private func readBody(_ count: Int, of index: Int) throws {
        guard count <= bodyLimit else { throw RawServerFailure("the client's body is too long") }
        var missing = count
        while missing > 0 {
            if start == buffer.count, try !fill(patience: timeLimit) { throw RawSocket.Failure.closed }
            let piece = buffer[start...].prefix(missing)
            let isWithinLimit = journal.update { log in
                log.requests[index].body.append(contentsOf: piece)
                return log.requests[index].body.count <= bodyLimit
            }
            guard isWithinLimit else { throw RawServerFailure("the client's body is too long") }
            start += piece.count
            missing -= piece.count
        }
    }

    private func readLine() throws -> [UInt8] {
        while true {
            if let end = buffer[start...].firstIndex(of: 10) {
                defer { start = end + 1 }
                let line = buffer[start..<end]
                return Array(line.last == 13 ? line.dropLast() : line)
            }
            guard buffer.count - start <= 4096 else { throw RawServerFailure("a line of the client is too long") }
            guard try fill(patience: timeLimit) else { throw RawSocket.Failure.closed }
        }
    }

    /// Reads once; false at the end of the stream.
    private func fill(patience: Duration) throws -> Bool {
        try stop.check()
        do {
            let bytes = try socket.read(upTo: 65_536, patience: patience)
            try stop.check()
            journal.update { log in
                log.bytesReceived += bytes.count
                if bytes.isEmpty { log.closedByClient.insert(number) }
            }
            guard !bytes.isEmpty else { return false }
            if start > 0 {
                buffer.removeFirst(start)
                start = 0
            }
            buffer += bytes
            return true
        } catch let failure as RawSocket.Failure {
            if case .failed = failure { journal.update { _ = $0.closedByClient.insert(number) } }
            throw failure
        }
    }
}
